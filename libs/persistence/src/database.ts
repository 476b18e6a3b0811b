// TypeORM's classes under this project's names. Only this lib imports TypeORM and pg.
export {
  DataSource as Database,
  EntityManager as Transaction,
  IsNull,
  Not,
  type FindOptionsWhere,
  type MigrationInterface,
  type QueryRunner,
  type Repository,
} from 'typeorm';
