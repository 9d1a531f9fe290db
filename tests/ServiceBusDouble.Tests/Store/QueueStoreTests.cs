using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Tests.Store;

/// <summary>The broker's rules where the wire adds nothing: at exact moments, in rare states, without a socket.</summary>
public sealed class QueueStoreTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Messages_come_oldest_first_and_each_to_one_holder()
    {
        QueueStore store = Store();
        Send(store, 3);

        long?[] received = [.. Enumerable.Range(0, 4).Select(number => store.Receive($"holder-{number}")?.Sequence)];

        received.ShouldBe([1, 2, 3, null]);
    }

    [Fact]
    public void A_lock_holds_until_the_very_moment_it_ends()
    {
        QueueStore store = Store();
        Send(store, 1);
        Guid token = store.Receive("a")!.Lock!.Token;

        _time.Advance(TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(1));
        store.Receive("b").ShouldBeNull();
        _time.Advance(TimeSpan.FromTicks(1));

        store.Receive("b")!.DeliveryCount.ShouldBe(1);
        store.Settle(token, new Settlement.Complete()).ShouldBeFalse();
    }

    [Fact]
    public void A_released_message_does_not_count()
    {
        QueueStore store = Store();
        Send(store, 1);

        store.Settle(store.Receive("a")!.Lock!.Token, new Settlement.Release()).ShouldBeTrue();

        store.Receive("a")!.DeliveryCount.ShouldBe(0);
    }

    [Fact]
    public void Locks_that_run_out_count_towards_the_maximum_like_abandoning()
    {
        QueueStore store = Store(definition => definition with { MaxDeliveryCount = 2 });
        Send(store, 1);

        store.Settle(store.Receive("a")!.Lock!.Token, new Settlement.Abandon());
        store.Receive("a").ShouldNotBeNull();
        _time.Advance(TimeSpan.FromMinutes(1));

        store.Count(MessageState.Active).ShouldBe(0);
        StoredMessage dead = store.DeadLetters.Peek(0, 10).ShouldHaveSingleItem();
        dead.Properties[QueueStore.DeadLetterReason].ShouldBe("MaxDeliveryCountExceeded");
        dead.DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public void A_locked_message_does_not_expire_before_its_lock_ends()
    {
        QueueStore store = Store();
        Send(store, new NewMessage(default) { TimeToLive = TimeSpan.FromSeconds(10) });
        Guid token = store.Receive("a")!.Lock!.Token;

        _time.Advance(TimeSpan.FromSeconds(30));
        store.Count(MessageState.Active).ShouldBe(1);
        store.Settle(token, new Settlement.Abandon()).ShouldBeTrue();

        store.Count(MessageState.Active).ShouldBe(0);
    }

    [Fact]
    public void A_deferred_message_expires_all_the_same()
    {
        QueueStore store = Store();
        Send(store, new NewMessage(default) { TimeToLive = TimeSpan.FromSeconds(10) });
        store.Settle(store.Receive("a")!.Lock!.Token, new Settlement.Defer());

        _time.Advance(TimeSpan.FromSeconds(10));

        store.Count(MessageState.Deferred).ShouldBe(0);
    }

    [Fact]
    public void A_message_lives_no_longer_than_its_queue_allows()
    {
        QueueStore store = Store(definition => definition with { DefaultTimeToLive = TimeSpan.FromMinutes(1) });
        Send(store, new NewMessage(default) { TimeToLive = TimeSpan.FromDays(1) });

        _time.Advance(TimeSpan.FromMinutes(1));

        store.Count(MessageState.Active).ShouldBe(0);
    }

    [Fact]
    public void The_life_of_a_scheduled_message_begins_when_it_is_due()
    {
        QueueStore store = Store();
        Send(store, new NewMessage(default) { TimeToLive = TimeSpan.FromMinutes(5), ScheduledFor = _time.GetUtcNow() + TimeSpan.FromHours(1) });

        _time.Advance(TimeSpan.FromHours(1));
        store.Advance();
        _time.Advance(TimeSpan.FromMinutes(4));
        store.Count(MessageState.Active).ShouldBe(1);
        _time.Advance(TimeSpan.FromMinutes(1));

        store.Count(MessageState.Active).ShouldBe(0);
    }

    [Fact]
    public void A_scheduled_duplicate_is_dropped_too()
    {
        QueueStore store = Store(definition => definition with { DuplicateDetectionWindow = TimeSpan.FromDays(7) });
        Send(store, new NewMessage(default) { MessageId = "m-1" });

        Send(store, new NewMessage(default) { MessageId = "m-1", ScheduledFor = _time.GetUtcNow() + TimeSpan.FromHours(1) });

        store.Count(MessageState.Scheduled).ShouldBe(0);
    }

    [Fact]
    public void Cancelling_takes_all_back_or_none()
    {
        QueueStore store = Store();
        long scheduled = Send(store, new NewMessage(default) { ScheduledFor = _time.GetUtcNow() + TimeSpan.FromHours(1) });

        store.CancelScheduled([scheduled, 99]).ShouldBeFalse();
        store.Count(MessageState.Scheduled).ShouldBe(1);
        store.CancelScheduled([scheduled]).ShouldBeTrue();
    }

    [Fact]
    public void One_message_without_a_session_refuses_them_all()
    {
        QueueStore store = Store(definition => definition with { RequiresSession = true });

        SendOutcome outcome = store.Send([new NewMessage(default) { SessionId = "s-1" }, new NewMessage(default)]);

        outcome.ShouldBeOfType<SendOutcome.SessionIdMissing>();
        store.Count(MessageState.Active).ShouldBe(0);
    }

    [Fact]
    public void Only_the_holder_receives_from_a_session()
    {
        QueueStore store = Store(definition => definition with { RequiresSession = true });
        Send(store, new NewMessage(default) { SessionId = "s-1" });
        store.AcceptSession("a", "s-1").ShouldBeOfType<SessionOutcome.Granted>();

        store.Receive("b", "s-1").ShouldBeNull();
        store.Receive("a", "s-1").ShouldNotBeNull();
        store.AcceptSession("b", "s-1").ShouldBeOfType<SessionOutcome.Taken>();
        store.AcceptSession("b", sessionId: null).ShouldBeOfType<SessionOutcome.NoneReady>();
    }

    [Fact]
    public void Messages_given_back_by_a_session_keep_their_order()
    {
        QueueStore store = Store(definition => definition with { RequiresSession = true });
        foreach (int _ in Enumerable.Range(0, 3))
        {
            Send(store, new NewMessage(default) { SessionId = "s-1" });
        }

        store.AcceptSession("a", "s-1");
        store.Receive("a", "s-1");
        store.Receive("a", "s-1");
        store.ReleaseSessions("a");
        store.AcceptSession("b", "s-1");

        new[] { store.Receive("b", "s-1"), store.Receive("b", "s-1"), store.Receive("b", "s-1") }.Select(message => message!.Sequence).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void Properties_of_a_settlement_add_to_those_before()
    {
        QueueStore store = Store();
        Send(store, 1);

        store.Settle(store.Receive("a")!.Lock!.Token, new Settlement.Abandon { Properties = Properties("one", 1) });
        store.Settle(store.Receive("a")!.Lock!.Token, new Settlement.DeadLetter("why", null) { Properties = Properties("two", 2) });

        store.DeadLetters.Peek(0, 1)[0].Properties.ShouldBe(
            new Dictionary<string, object?> { ["one"] = 1, ["two"] = 2, [QueueStore.DeadLetterReason] = "why" },
            ignoreOrder: true);
    }

    [Fact]
    public void A_dead_letter_dead_lettered_again_stays_with_its_new_reason()
    {
        QueueStore store = Store();
        Send(store, 1);
        store.Settle(store.Receive("a")!.Lock!.Token, new Settlement.DeadLetter("first", null));

        store.DeadLetters.Settle(store.DeadLetters.Receive("a")!.Lock!.Token, new Settlement.DeadLetter("second", null)).ShouldBeTrue();

        store.DeadLetters.Receive("a")!.Properties[QueueStore.DeadLetterReason].ShouldBe("second");
    }

    [Fact]
    public void The_next_thing_due_is_known()
    {
        QueueStore store = Store();
        store.NextDue.ShouldBeNull();
        Send(store, 1);
        store.Receive("a");

        store.NextDue.ShouldBe(_time.GetUtcNow() + TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Peeking_page_by_page_through_many_dead_letters_reads_each_once()
    {
        QueueStore store = Store();
        Send(store, 10_000);
        while (store.Receive("a") is { } message)
        {
            store.Settle(message.Lock!.Token, new Settlement.DeadLetter("why", null));
        }

        int seen = 0;
        long from = 0;
        while (store.DeadLetters.Peek(from, 250) is { Count: > 0 } page)
        {
            seen += page.Count;
            from = page[^1].Sequence + 1;
        }

        seen.ShouldBe(10_000);
    }

    private QueueStore Store(Func<QueueDefinition, QueueDefinition>? change = null) =>
        new((change ?? (definition => definition))(new QueueDefinition("events")), _time);

    private static void Send(QueueStore store, int count) => store.Send([.. Enumerable.Range(0, count).Select(_ => new NewMessage(default))]);

    private static long Send(QueueStore store, NewMessage message) => store.Send([message]).ShouldBeOfType<SendOutcome.Taken>().Sequences[0];

    private static ImmutableDictionary<string, object?> Properties(string name, object value) => ImmutableDictionary<string, object?>.Empty.Add(name, value);
}
