namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// The tables. Times are Unix milliseconds, lanes 0 (live) and 1 (import), kinds, reasons and outcomes their codes.
/// A change raises <see cref="Version"/> and brings the statements that lead from the version before to it. <c>counted_from</c> is what a row's age is
/// counted from where that is later than its own time, because the clock was behind when it was written.
/// </summary>
internal static class Schema
{
    /// <summary>Stored in <c>user_version</c>.</summary>
    public const int Version = 7;

    /// <summary>Stored in <c>application_id</c>: "CIOq".</summary>
    public const int ApplicationId = 0x43494F71;

    // The body comes last in a row, so that the other columns are read without its overflow pages.
    // What is not to be handed out yet is not in the index that runs are read by, so that however much of it costs a delivery nothing.
    // seen.sequence leads from an event id to its row on the queue without another index on events. Ids come in any order of their events' times; a key that
    // begins with the time would change a page of the table for each of them.
    public const string Create = """
        create table events (
            sequence integer primary key,
            lane integer not null,
            partition integer not null,
            event_id text not null,
            kind text not null,
            queued_at integer not null,
            received_at integer not null,
            replay_count integer not null,
            as_of_now integer not null,
            lifecycle_allowed integer not null,
            from_browser integer not null default 0,
            trace_parent text,
            attempts integer not null default 0,
            first_failed_at integer,
            claims integer not null default 0,
            replay_run integer,
            calls_before integer not null default 0,
            failed_before integer,
            is_repeat integer not null default 0,
            not_before integer,
            body blob not null
        ) strict;
        create index events_by_partition on events (lane, partition, sequence) where not_before is null;
        create index events_by_time on events (not_before) where not_before is not null;

        create table dead_letters (
            id integer primary key autoincrement,
            lane integer not null,
            partition integer not null,
            event_id text not null,
            kind text not null,
            queued_at integer not null,
            received_at integer not null,
            replay_count integer not null,
            lifecycle_allowed integer not null,
            from_browser integer not null default 0,
            trace_parent text,
            reason text not null,
            description text not null,
            dead_lettered_at integer not null,
            attempts integer not null,
            counted_from integer,
            first_failed_at integer,
            answer blob,
            is_repeat integer not null default 0,
            body blob not null
        ) strict;
        create index dead_letters_by_reason on dead_letters (reason, id);
        create index dead_letters_by_event on dead_letters (event_id);
        create index dead_letters_by_age on dead_letters (coalesce(counted_from, dead_lettered_at));

        create table delivery_log (
            id integer primary key,
            at integer not null,
            event_id text not null,
            kind text not null,
            lane integer not null,
            step text not null,
            outcome text,
            reason text,
            attempts integer not null,
            http_status integer,
            duration_ms integer not null,
            received_at integer,
            queued_at integer,
            counted_from integer,
            warnings text
        ) strict;
        create index delivery_log_by_outcome on delivery_log (outcome, id) where outcome <> 'delivered';

        create table counters (
            name text primary key,
            value integer not null
        ) strict, without rowid;

        create table seen_before (
            message_id blob primary key,
            day integer not null,
            sequence integer not null
        ) strict, without rowid;

        """ + People + "\n" + Replays + "\n" + Seen;

    // The key makes it that nobody can send ids that share a hash.
    private const string Seen = """
        create table seen (
            sequence integer primary key,
            day integer not null,
            message_id blob not null
        ) strict;
        create table seen_index (
            hash integer not null,
            sequence integer not null,
            primary key (hash, sequence)
        ) strict, without rowid;
        insert into counters (name, value) values ('seen/key_a', random()), ('seen/key_b', random());
        """;

    // What is remembered of people: keyed hashes, and nothing that can be read without their key.
    private const string People = """
        create table people (
            key blob not null,
            kind integer not null,
            other blob not null,
            value blob not null,
            kept_until integer not null,
            primary key (key, kind, other)
        ) strict, without rowid;
        create index people_by_age on people (kept_until);
        """;

    // What became of replayed events: "replayed", an outcome's code, or a dead letter's reason after a slash.
    private const string Replays = """
        create table replays (
            run integer not null,
            what text not null,
            number integer not null,
            primary key (run, what)
        ) strict, without rowid;
        """;

    /// <summary>What leads from each version to the next; the first from 1 to 2. There the last time an older version logged is the last one it believed.</summary>
    public static readonly string[] Upgrades =
    [
        """
        alter table dead_letters add column counted_from integer;
        drop index dead_letters_by_time;
        create index dead_letters_by_age on dead_letters (coalesce(counted_from, dead_lettered_at));
        alter table delivery_log add column counted_from integer;
        insert into counters (name, value) select 'clock/believed', at from delivery_log order by id desc limit 1;
        """,
        """
        alter table events add column from_browser integer not null default 0;
        alter table dead_letters add column from_browser integer not null default 0;
        """,
        People,
        """
        alter table events add column replay_run integer;
        alter table events add column calls_before integer not null default 0;
        alter table events add column failed_before integer;
        alter table dead_letters add column first_failed_at integer;
        alter table dead_letters add column answer blob;
        alter table delivery_log add column warnings text;

        """ + Replays,
        """
        alter table events add column is_repeat integer not null default 0;
        alter table events add column not_before integer;
        alter table dead_letters add column is_repeat integer not null default 0;
        drop index events_by_partition;
        create index events_by_partition on events (lane, partition, sequence) where not_before is null;
        create index events_by_time on events (not_before) where not_before is not null;
        """,
        """
        drop index if exists delivery_log_by_event;
        alter table seen rename to seen_before;

        """ + Seen,
    ];
}
