export * from './deprecated.decorator.js';
export * from './deprecation.interceptor.js';
export * from './versions.js';
