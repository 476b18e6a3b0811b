import { IsUrl, type ValidationOptions } from 'class-validator';

/** An address to which paths are appended. A user name or password in it would be logged, so it is refused. */
export const IsHttpUrl = (options: ValidationOptions = {}): PropertyDecorator =>
  IsUrl(
    {
      protocols: ['http', 'https'],
      require_protocol: true,
      require_tld: false,
      disallow_auth: true,
      allow_query_components: false,
      allow_fragments: false,
    },
    { message: '$property must be a URL like https://api.example.com, without a user, query or fragment', ...options },
  );
