import type { MigrationClass, MigrationInterface, QueryRunner } from '#persistence';

/**
 * What consumers have used, a row each, and the one statement that gives permits. The function is
 * the whole rule; docs/decisions/0035 says what it guarantees. Another rule is another function, so
 * that replicas of two releases can run beside each other.
 */
class Permits1796071000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table governance.budget(
        client_id text primary key,
        -- The moment of the last change, in ms since 1970, as all others here.
        at_ms bigint not null default 0,
        -- Permits of the window by the latest moment at which they can be used, the oldest first.
        stamps bigint[] not null default '{}',
        units bigint[] not null default '{}',
        -- The same for the last second, to the millisecond.
        second_stamps bigint[] not null default '{}',
        second_units bigint[] not null default '{}',
        -- Days since 1970, UTC, and the permits given on it.
        day int not null default 0,
        day_units bigint not null default 0,
        -- The replicas that asked lately: [slots, until when they are leased, until when it counts as running].
        replicas jsonb not null default '{}')
        with (fillfactor = 50);
      create index budget_age on governance.budget(at_ms);

      create function governance.take_permits(of_client text, by_replica text, plan jsonb, ask jsonb, moved_ms bigint default null)
        returns jsonb language plpgsql as $$
      declare
        held governance.budget;
        now_ms bigint;
        shift bigint;
        window_ms bigint := plan ->> 'windowMs';
        -- Longer than promised, so that whoever counts at the other end of the wire does not see more either.
        kept_ms bigint := window_ms + greatest(window_ms / 200, 50);
        second_ms bigint := 1050;
        today int;
        lease_ms bigint := ask ->> 'leaseMs';
        grain_ms bigint := ask ->> 'grainMs';
        back bigint := coalesce((ask -> 'back' ->> 'units')::bigint, 0);
        back_stamp bigint := ask -> 'back' ->> 'stamp';
        back_second bigint := ask -> 'back' ->> 'second';
        spent bigint := coalesce((ask ->> 'spent')::bigint, 0);
        stamp bigint;
        used bigint;
        used_second bigint;
        room_rate bigint;
        room_burst bigint;
        room_day bigint;
        room bigint;
        others int;
        slots int;
        free int;
        call jsonb;
        cost bigint;
        granted bigint := 0;
        extra bigint;
        refused bigint;
        reason text;
        retry_ms bigint;
        running jsonb;
      begin
        loop
          select * into held from governance.budget where client_id = of_client for update;
          exit when found;
          insert into governance.budget(client_id) values (of_client) on conflict do nothing;
          -- A new client is the time to forget some that have been away for long.
          delete from governance.budget where client_id in (
            select b.client_id from governance.budget b
            where b.at_ms between 1 and floor(extract(epoch from clock_timestamp()) * 1000)::bigint - 172800000
            order by b.at_ms limit 10 for update skip locked);
        end loop;
        -- Read after the row was locked, so that it is later than that of the change before.
        now_ms := coalesce(moved_ms, floor(extract(epoch from clock_timestamp()) * 1000)::bigint);
        -- A clock that was set back by much sets back what was counted; otherwise it waits.
        shift := case when moved_ms is null and held.at_ms - now_ms > 1000 then held.at_ms - now_ms else 0 end;
        now_ms := greatest(now_ms, held.at_ms - shift);
        today := now_ms / 86400000;

        select coalesce(array_agg(s order by s), '{}'), coalesce(array_agg(u order by s), '{}'), coalesce(sum(u), 0) into held.stamps, held.units, used
          from (select s - shift as s, sum(u) as u from (
            select s, u from unnest(held.stamps, held.units) e(s, u)
            union all select back_stamp, -back where back > 0 and back_stamp = any(held.stamps)
            union all select now_ms + shift, spent where spent > 0) e group by 1) e
          where s + kept_ms > now_ms and u > 0;
        select coalesce(array_agg(s order by s), '{}'), coalesce(array_agg(u order by s), '{}'), coalesce(sum(u), 0)
          into held.second_stamps, held.second_units, used_second
          from (select s - shift as s, sum(u) as u from (
            select s, u from unnest(held.second_stamps, held.second_units) e(s, u)
            union all select back_second, -back where back > 0 and back_second = any(held.second_stamps)
            union all select now_ms + shift, spent where spent > 0) e group by 1) e
          where s + second_ms > now_ms and u > 0;
        if today <> held.day then
          held.day := today;
          held.day_units := 0;
        elsif back > 0 and (ask -> 'back' ->> 'day')::int = today then
          held.day_units := greatest(held.day_units - back, 0);
        end if;
        held.day_units := held.day_units + spent;

        room_rate := (plan ->> 'rate')::bigint - used;
        room_burst := (plan ->> 'burst')::bigint - used_second;
        room_day := coalesce((plan ->> 'dailyQuota')::bigint - held.day_units, 9000000000000000);
        room := least(room_rate, room_burst, room_day);

        -- Slots of other replicas whose lease still runs.
        select coalesce(jsonb_object_agg(id, r), '{}'), coalesce(sum((r ->> 0)::int) filter (where (r ->> 1)::bigint > now_ms), 0)
          into running, others
          from jsonb_each(held.replicas) e(id, r) where id <> by_replica and (r ->> 2)::bigint > now_ms;
        slots := case when plan ->> 'concurrency' is null then null
          else greatest(least((ask ->> 'slots')::int, (plan ->> 'concurrency')::int - others), 0) end;
        free := slots - (ask ->> 'running')::int;

        for call in select * from jsonb_array_elements(ask -> 'calls') loop
          cost := call ->> 'cost';
          if (call ->> 'slot')::boolean and free <= 0 then
            if reason is null then
              reason := 'concurrency';
              retry_ms := 1000;
            end if;
          elsif cost > room - granted then
            if refused is null or cost < refused then
              refused := cost;
            end if;
          else
            granted := granted + cost;
            if (call ->> 'slot')::boolean then
              free := free - 1;
            end if;
          end if;
        end loop;
        if lease_ms > 0 then
          extra := ask ->> 'extra';
          -- Far from every limit a longer lease costs nobody anything.
          if used + granted + extra * 10 <= (plan ->> 'rate')::bigint / 2
            and used_second + granted + extra * 10 <= (plan ->> 'burst')::bigint / 2 then
            lease_ms := lease_ms * 10;
            extra := extra * 10;
          end if;
          granted := granted + greatest(least(extra, room - granted), 0);
          -- A permit of today is used today.
          if plan ->> 'dailyQuota' is not null then
            lease_ms := least(lease_ms, (today + 1) * 86400000::bigint - now_ms);
          end if;
        end if;
        if refused is not null then
          if refused > room_day - granted then
            reason := 'daily-quota';
            retry_ms := (today + 1) * 86400000::bigint - now_ms;
          elsif refused > room_rate - granted then
            reason := 'rate';
            select min(s) + kept_ms - now_ms into retry_ms
              from (select s, sum(u) over (order by s) as freed from unnest(held.stamps, held.units) e(s, u)) e
              where freed >= refused - (room_rate - granted);
            retry_ms := coalesce(retry_ms, kept_ms);
          else
            reason := 'burst';
            select min(s) + second_ms - now_ms into retry_ms
              from (select s, sum(u) over (order by s) as freed from unnest(held.second_stamps, held.second_units) e(s, u)) e
              where freed >= refused - (room_burst - granted);
            retry_ms := coalesce(retry_ms, second_ms);
          end if;
        end if;

        stamp := case when lease_ms > 0 then ((now_ms + lease_ms + grain_ms - 1) / grain_ms) * grain_ms else now_ms end;
        back_second := now_ms + lease_ms;
        if granted > 0 then
          if stamp = any(held.stamps) then
            held.units[array_position(held.stamps, stamp)] := held.units[array_position(held.stamps, stamp)] + granted;
          else
            held.stamps := held.stamps || stamp;
            held.units := held.units || granted;
          end if;
          held.second_stamps := held.second_stamps || back_second;
          held.second_units := held.second_units || granted;
          held.day_units := held.day_units + granted;
        end if;
        running := running || jsonb_build_object(by_replica,
          jsonb_build_array(coalesce(slots, 0), now_ms + (ask ->> 'slotMs')::bigint, now_ms + greatest(window_ms, 60000)));
        update governance.budget b set at_ms = now_ms, stamps = held.stamps, units = held.units, second_stamps = held.second_stamps,
          second_units = held.second_units, day = held.day, day_units = held.day_units, replicas = running where b.client_id = of_client;

        return jsonb_build_object('granted', granted, 'slots', slots, 'leaseMs', lease_ms, 'stamp', stamp, 'second', back_second, 'day', today,
          'reason', reason, 'retryMs', greatest(retry_ms, 1), 'used', used + granted, 'usedSecond', used_second + granted, 'dayUnits', held.day_units,
          'resetMs', greatest(coalesce(held.stamps[1] + kept_ms - now_ms, kept_ms), 1),
          'replicas', (select count(*) from jsonb_object_keys(running)));
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function governance.take_permits; drop table governance.budget');
  }
}

export const permitsMigrations: MigrationClass[] = [Permits1796071000003];
