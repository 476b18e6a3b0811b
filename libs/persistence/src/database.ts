// TypeORM's classes by the house's words. Only this lib imports TypeORM and pg.
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
