/** Each is preceded by its length in four bytes, as names and values are. */
const WORDS = [
  ...'options head post put delete trace accept accept-charset'.split(' '),
  ...'accept-encoding accept-language accept-ranges age allow'.split(' '),
  ...'authorization cache-control connection content-base'.split(' '),
  ...'content-encoding content-language content-length'.split(' '),
  ...'content-location content-md5 content-range content-type'.split(' '),
  ...'date etag expect expires from host if-match'.split(' '),
  ...'if-modified-since if-none-match if-range'.split(' '),
  ...'if-unmodified-since last-modified location max-forwards'.split(' '),
  ...'pragma proxy-authenticate proxy-authorization range referer'.split(' '),
  ...'retry-after server te trailer transfer-encoding upgrade'.split(' '),
  ...'user-agent vary via warning www-authenticate method get'.split(' '),
  'status',
  '200 OK',
  ...'version HTTP/1.1 url public set-cookie keep-alive origin'.split(' '),
];

const TEXT = [
  '100101201202205206300302303304305306307402405406407408409410411412413414',
  '415416417502504505203 Non-Authoritative Information204 No Content301 Mo',
  'ved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Foun',
  'd500 Internal Server Error501 Not Implemented503 Service UnavailableJan',
  ' Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, T',
  'hu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,a',
  'pplication/xml,application/xhtml+xml,text/plain,text/javascript,publicp',
  'rivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,e',
  'nq=0.',
].join('');

/** The bytes both sides compress headers against: SPDY/3, section 2.6.10.1. */
export const HEADER_DICTIONARY: Buffer = Buffer.concat([
  ...WORDS.flatMap(word => [lengthOf(word), Buffer.from(word)]),
  Buffer.from(TEXT),
]);

/** How a zlib stream names that dictionary: its Adler-32. */
export const HEADER_DICTIONARY_ID = 0xe3c6a7c2;

function lengthOf(word: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(word.length);
  return length;
}
