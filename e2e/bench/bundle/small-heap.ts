// Imported before anything else is loaded, as `steno export` does it: the heap stays as small as it is then.
import { keepHeapSmall } from '../../../shared/base/keep-heap-small.ts';

keepHeapSmall();
