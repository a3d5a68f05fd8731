import { describe, expect, it } from 'vitest';
import { applyChoice, clampWidth, type GridColumn, moveColumn, orderColumns } from './grid-column.ts';

const column = (id: string): GridColumn<unknown> => ({ id, label: id, width: 100, render: () => null });
const columns = [column('number'), column('at'), column('who'), column('sql')];
const ids = (shown: readonly { readonly id: string }[]) => shown.map((each) => each.id).join(' ');

describe('chosen columns', () => {
  it('follow the chosen order', () => expect(ids(orderColumns(columns, ['sql', 'who', 'at', 'number']))).toBe('sql who at number'));

  it('let a column that came with a newer version stand behind its predecessor', () => {
    expect(ids(orderColumns(columns, ['sql', 'number', 'who']))).toBe('sql number at who');
  });

  it('ignore columns that no longer exist', () =>
    expect(ids(orderColumns(columns, ['gone', 'at', 'number', 'who', 'sql']))).toBe('at number who sql'));

  it('hide and resize', () => {
    const shown = applyChoice(columns, { order: [], hidden: ['at'], widths: { sql: 640 } });
    expect(ids(shown)).toBe('number who sql');
    expect(shown.map((each) => each.width)).toEqual([100, 100, 640]);
  });

  it('move by one place and stop at the ends', () => {
    expect(moveColumn(columns, 'who', -1).join(' ')).toBe('number who at sql');
    expect(moveColumn(columns, 'number', -1).join(' ')).toBe('number at who sql');
    expect(moveColumn(columns, 'sql', 1).join(' ')).toBe('number at who sql');
  });

  it('keep widths usable', () => expect([clampWidth(3), clampWidth(120.4), clampWidth(9000)]).toEqual([48, 120, 1600]));
});
