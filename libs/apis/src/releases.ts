/** The newest release of each version of each API. Written by `npm run api -- release`. */
export const RELEASES = {};
