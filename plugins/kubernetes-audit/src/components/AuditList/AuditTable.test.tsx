import { render, screen } from '@testing-library/react';
import { AuditTable } from './AuditTable';

const COLUMNS = [
  { id: 'name', label: 'Name', text: (row: { id: string }) => row.id },
];

function tableOf(ids: string[], openId?: string) {
  return (
    <AuditTable
      label="Calls"
      columns={COLUMNS}
      rows={ids.map(id => ({ id }))}
      openId={openId}
      isReloading={false}
    />
  );
}

describe('AuditTable', () => {
  it('begins other rows at their first one, and leaves the same where they are', () => {
    const { rerender } = render(tableOf(['a', 'b']));
    const scroller = screen.getByRole('region', { name: 'Calls' });
    scroller.scrollTop = 120;
    rerender(tableOf(['a', 'b', 'c']));
    expect(scroller.scrollTop).toBe(120);
    rerender(tableOf(['d', 'e']));
    expect(scroller.scrollTop).toBe(0);
  });

  it('keeps the row that is open in sight', () => {
    const seen: (string | null)[] = [];
    // There is none where tests run.
    Element.prototype.scrollIntoView = function noteRow(this: Element) {
      seen.push(this.textContent);
    };
    try {
      const { rerender } = render(tableOf(['a', 'b'], 'a'));
      rerender(tableOf(['a', 'b'], 'b'));
      rerender(tableOf(['a', 'b'], 'b'));
      rerender(tableOf(['a', 'b']));
      expect(seen).toEqual(['a', 'b']);
    } finally {
      Reflect.deleteProperty(Element.prototype, 'scrollIntoView');
    }
  });

  it('shows what a value hides, in its cell and in the tooltip', () => {
    render(
      <AuditTable
        label="Calls"
        columns={[
          { id: 'name', label: 'Name', text: row => row.name },
          {
            id: 'link',
            label: 'Link',
            text: row => row.name,
            render: (_, text) => <a href="#x">{text}</a>,
          },
        ]}
        rows={[{ id: '1', name: 'web\u202egpj' }]}
        isReloading={false}
      />,
    );
    const shown = 'web\\u{202E}gpj';
    const [cell, link] = screen.getAllByText(shown);
    expect(cell).toHaveAttribute('title', shown);
    expect(link).toHaveAttribute('href', '#x');
    expect(document.body.textContent).not.toContain('\u202e');
  });
});
