export { createNetsuite, type NetsuiteOptions } from './netsuite.js';
