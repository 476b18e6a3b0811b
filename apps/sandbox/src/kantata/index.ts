export { createKantata, type KantataOptions } from './kantata.js';
