import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isOrigin } from '../entrance/cors.js';

export const IsOrigin = (options: ValidationOptions = {}): PropertyDecorator =>
  ValidateBy(
    { name: 'isOrigin', validator: { validate: isOrigin } },
    { message: '$property must be an origin like https://portal.example.com', ...options },
  );
