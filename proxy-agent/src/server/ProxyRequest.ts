import { IncomingMessage } from 'node:http';

/**
 * A request that takes no offer of HTTP/2: `Upgrade: h2c`, which some clients
 * make with every request, is ignored as RFC 9110, section 7.8, allows. Node
 * would otherwise take each request that offers anything for an upgrade.
 */
export class ProxyRequest extends IncomingMessage {
  // The parser assigns it, and then asks; the base class does so, too, before
  // any field of this one exists.
  private declare offersUpgrade: boolean;

  get upgrade(): boolean {
    return (
      this.offersUpgrade && this.headers.upgrade?.trim().toLowerCase() !== 'h2c'
    );
  }

  set upgrade(offersUpgrade: boolean) {
    this.offersUpgrade = offersUpgrade;
  }
}
