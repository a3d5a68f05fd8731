import { openS3UnderTest } from './testing/open-s3-under-test.ts';
import { describeStore } from './testing/store-contract.ts';

describeStore('a store in a bucket that locks for compliance', () => openS3UnderTest({ objectLock: true }, { objectLock: 'compliance' }), {
  leaveOut: ['many objects'],
});
describeStore(
  'a store in a bucket that locks for governance',
  () => openS3UnderTest({ objectLock: true, pageSize: 3 }, { objectLock: 'governance' }),
  {
    leaveOut: ['a big object', 'many objects'],
  },
);
describeStore('a store in a bucket that keeps no versions', () => openS3UnderTest({ pageSize: 700 }), { leaveOut: ['a big object'] });
describeStore(
  'a store in a bucket that keeps versions and does not lock',
  () => openS3UnderTest({ versioning: 'Enabled', pageSize: 4 }, { prefix: '' }),
  {
    leaveOut: ['a big object', 'many objects'],
  },
);
