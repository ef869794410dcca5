import { upgradeKind } from './upgradeKind';

describe('upgradeKind', () => {
  it.each([
    ['Upgrade', 'websocket', 'websocket'],
    ['keep-alive, Upgrade', 'WebSocket', 'websocket'],
    ['Upgrade', 'SPDY/3.1', 'spdy'],
    ['upgrade', ' spdy/3.1 ', 'spdy'],
    ['Upgrade', 'h2c', 'other'],
    ['Upgrade', 'SPDY/3', 'other'],
    ['Upgrade', 'websocket, SPDY/3.1', 'other'],
    ['keep-alive', 'websocket', undefined],
    ['Upgrade', '', undefined],
    ['Upgrade', undefined, undefined],
    [undefined, 'websocket', undefined],
    [undefined, undefined, undefined],
  ])('reads Connection %j, Upgrade %j as %j', (connection, upgrade, kind) => {
    expect(upgradeKind({ connection, upgrade })).toBe(kind);
  });
});
