import { render, screen } from '@testing-library/react';
import { AuditTable } from './AuditTable';

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
