/** Many readers or one writer; a waiting writer goes before later readers. */
export type Gate = {
  shared<Value>(work: () => Promise<Value>): Promise<Value>;
  alone<Value>(work: () => Promise<Value>): Promise<Value>;
};

export function createGate(): Gate {
  let readers = 0;
  let writing = false;
  const waiting: { readonly isWriter: boolean; readonly enter: () => void }[] = [];

  function admit(): void {
    while (waiting.length > 0) {
      const next = waiting[0]!;
      if (writing || (next.isWriter && readers > 0)) return;
      waiting.shift();
      if (next.isWriter) writing = true;
      else readers++;
      next.enter();
    }
  }

  const enter = (isWriter: boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ isWriter, enter: resolve });
      admit();
    });

  return {
    shared: async (work) => {
      await enter(false);
      try {
        return await work();
      } finally {
        readers--;
        admit();
      }
    },
    alone: async (work) => {
      await enter(true);
      try {
        return await work();
      } finally {
        writing = false;
        admit();
      }
    },
  };
}
