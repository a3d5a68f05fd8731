// Entry of the disposable process that runs an investigator's SQL: one order, one reply, then it is killed.
import { runOrder } from './run-order.ts';
import type { SqlOrder, SqlReply } from './sql-messages.ts';
import { onOrder, sendReply } from './worker-port.ts';

const send = (reply: SqlReply): void => sendReply(reply);

onOrder((order) => {
  runOrder(order as SqlOrder).then(
    (answer) => send({ ok: true, answer }),
    (error: unknown) => send({ ok: false, message: error instanceof Error ? error.message : String(error) }),
  );
});
