using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every queue must do: keep, order, lease, settle.</summary>
public abstract class EventQueueContract : QueueSuite<IQueueUnderTest>
{
    [Fact]
    public async Task An_event_arrives_as_it_was_sent()
    {
        EventEnvelope sent = Event(Live(7), """{"type":"identify","traits":{"name":"Zoë"}}""") with
        {
            Kind = EventKind.Identify,
            ReceivedAt = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(123),
            LifecycleAllowed = true,
            FromBrowser = true,
            IsRepeat = true,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };
        await SendAsync(sent);

        await using IPartitionLease lease = await ReceiveAsync();

        lease.Partition.ShouldBe(Live(7));
        ReceivedEvent received = lease.Events.ShouldHaveSingleItem();
        received.Envelope.Body.ToArray().ShouldBe(sent.Body.ToArray());
        (received.Envelope with { Body = sent.Body }).ShouldBe(sent);
        received.History.ShouldBe(FailureHistory.None);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(EventEnvelope.MaxBodyBytes)]
    public async Task A_body_of_any_allowed_size_arrives_whole(int bytes)
    {
        byte[] body = Encoding.ASCII.GetBytes(new string('x', bytes));
        await SendAsync(Event(Live(0)) with { Body = body });

        await using IPartitionLease lease = await ReceiveAsync();

        lease.Events[0].Envelope.Body.ToArray().ShouldBe(body);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_told_by_its_index_and_the_others_are_taken()
    {
        EventEnvelope tooLarge = Event(Live(0)) with { Body = new byte[EventEnvelope.MaxBodyBytes + 1] };

        EnqueueResult result = await Subject.Queue.EnqueueAsync([Event(Live(0)), tooLarge, Event(Live(0))], CancellationToken.None);

        result.ShouldBeOfType<EnqueueResult.Enqueued>().TooLarge.ShouldBe([1]);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(2);
    }

    [Fact]
    public async Task Events_of_a_partition_come_in_the_order_they_were_sent()
    {
        EventEnvelope[] sent = await SendAsync([.. Enumerable.Range(0, 20).Select(_ => Event(Live(3)))]);

        List<string> received = [];
        List<long> sequence = [];
        while (received.Count < sent.Length)
        {
            await using IPartitionLease lease = await ReceiveAsync(maxEvents: 7);
            lease.Events.Count.ShouldBeInRange(1, Math.Min(7, Subject.MaxRun));
            foreach (ReceivedEvent one in lease.Events)
            {
                received.Add(one.Envelope.EventId);
                sequence.Add(one.SequenceNumber);
                await SettleAsync(lease, one, Complete);
            }
        }

        received.ShouldBe(sent.Select(envelope => envelope.EventId));
        sequence.ShouldBeInOrder(SortDirection.Ascending);
        sequence.ShouldBeUnique();
    }

    [Fact]
    public async Task A_completed_event_never_comes_back()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));

        await HandleNextAsync(Complete);

        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(sent[1].EventId);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(0);
    }

    [Fact]
    public async Task Events_that_were_not_settled_come_again_in_their_old_order()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)), Event(Live(1)));
        await using (IPartitionLease given = await ReceiveAsync(maxEvents: 3))
        {
            given.Events[0].Envelope.EventId.ShouldBe(sent[0].EventId);
        }

        foreach (EventEnvelope envelope in sent)
        {
            (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(envelope.EventId);
        }
    }

    [Fact]
    public async Task A_released_event_comes_again_before_any_later_one_with_its_history()
    {
        DateTimeOffset firstFailedAt = DateTimeOffset.UnixEpoch.AddDays(20_000);
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));

        await HandleNextAsync(Release(failedCalls: 4, firstFailedAt));

        ReceivedEvent again = await HandleNextAsync(Release(failedCalls: 9, firstFailedAt));
        again.Envelope.EventId.ShouldBe(sent[0].EventId);
        again.History.ShouldBe(new FailureHistory(4, firstFailedAt));
        (await HandleNextAsync(Complete)).History.ShouldBe(new FailureHistory(9, firstFailedAt));
        (await HandleNextAsync(Complete)).History.ShouldBe(FailureHistory.None);
    }

    [Fact]
    public async Task The_history_kept_of_a_delivery_without_an_end_is_known_to_the_next_one()
    {
        DateTimeOffset firstFailedAt = DateTimeOffset.UnixEpoch.AddDays(20_000);
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));
        await using (IPartitionLease lease = await ReceiveAsync())
        {
            await lease.KeepAsync(lease.Events[0], new FailureHistory(10, firstFailedAt));
            await lease.KeepAsync(lease.Events[0], new FailureHistory(12, firstFailedAt));
        }

        ReceivedEvent again = await HandleNextAsync(Complete);
        ReceivedEvent next = await HandleNextAsync(Complete);

        (again.Envelope.EventId, again.History).ShouldBe((sent[0].EventId, new FailureHistory(12, firstFailedAt)));
        (next.Envelope.EventId, next.History).ShouldBe((sent[1].EventId, FailureHistory.None));
    }

    [Fact]
    public async Task A_kept_history_is_replaced_by_a_release_and_forgotten_with_a_settlement()
    {
        DateTimeOffset firstFailedAt = DateTimeOffset.UnixEpoch.AddDays(20_000);
        await SendAsync(Event(Live(1)), Event(Live(1)));
        await using (IPartitionLease lease = await ReceiveAsync())
        {
            await lease.KeepAsync(lease.Events[0], new FailureHistory(10, firstFailedAt));
            await SettleAsync(lease, lease.Events[0], Release(failedCalls: 15, firstFailedAt));
        }

        await using (IPartitionLease lease = await ReceiveAsync())
        {
            lease.Events[0].History.ShouldBe(new FailureHistory(15, firstFailedAt));
            await lease.KeepAsync(lease.Events[0], new FailureHistory(20, firstFailedAt));
            await SettleAsync(lease, lease.Events[0], Complete);
            await Should.ThrowAsync<InvalidOperationException>(() => lease.KeepAsync(lease.Events[0], FailureHistory.None));
        }

        (await HandleNextAsync(Complete)).History.ShouldBe(FailureHistory.None);
    }

    [Fact]
    public async Task A_partition_that_is_held_is_given_to_nobody_else()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)), Event(Live(1)));
        await using IPartitionLease first = await ReceiveAsync();
        Task<IPartitionLease> second = ReceiveAsync();

        EventEnvelope[] elsewhere = await SendAsync(Event(Live(2)));

        await using IPartitionLease other = await second;
        other.Partition.ShouldBe(Live(2));
        other.Events[0].Envelope.EventId.ShouldBe(elsewhere[0].EventId);
        first.Events[0].Envelope.EventId.ShouldBe(sent[0].EventId);
    }

    [Fact]
    public async Task A_stuck_partition_delays_no_other()
    {
        await SendAsync(Event(Live(1)));
        await using IPartitionLease stuck = await ReceiveAsync();
        await SendAsync([.. Enumerable.Range(0, 3).SelectMany(_ => new[] { Event(Live(1)), Event(Live(2)) })]);

        for (int count = 0; count < 3; count++)
        {
            (await HandleNextAsync(Complete)).Envelope.Partition.ShouldBe(Live(2));
        }
    }

    [Fact]
    public async Task Partitions_take_turns()
    {
        await SendAsync([.. Enumerable.Range(0, 3).SelectMany(_ => Enumerable.Range(0, 4).Select(number => Event(Live(number))))]);

        List<int> turns = [];
        for (int count = 0; count < 12; count++)
        {
            turns.Add((await HandleNextAsync(Complete)).Envelope.Partition.Number);
        }

        foreach (int[] round in turns.Chunk(4))
        {
            round.ShouldBe([0, 1, 2, 3], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Lanes_are_separate()
    {
        EventEnvelope[] sent = await SendAsync(Event(Import(1)), Event(Live(1)));

        (await HandleNextAsync(Complete, Lane.Live)).Envelope.EventId.ShouldBe(sent[1].EventId);
        (await HandleNextAsync(Complete, Lane.Import)).Envelope.EventId.ShouldBe(sent[0].EventId);
    }

    [Fact]
    public async Task A_receiver_that_waits_gets_what_comes()
    {
        Task<IPartitionLease> waiting = ReceiveAsync();
        EventEnvelope[] sent = await SendAsync(Event(Live(5)));

        await using IPartitionLease lease = await waiting;

        lease.Events[0].Envelope.EventId.ShouldBe(sent[0].EventId);
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_takes_nothing_along()
    {
        using var cancellation = new CancellationTokenSource();
        Task<IPartitionLease> waiting = Subject.Receiver.ReceiveAsync(Lane.Live, 1, cancellation.Token);
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);

        EventEnvelope[] sent = await SendAsync(Event(Live(5)));

        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(sent[0].EventId);
    }

    [Fact]
    public async Task A_repeated_event_is_taken_and_dropped()
    {
        EventEnvelope first = Event(Live(1), "{}");
        EventEnvelope repeated = first with { Body = Encoding.UTF8.GetBytes("""{"corrected":true}""") };
        EventEnvelope later = Event(Live(1));

        await SendAsync(first, repeated);
        await SendAsync(repeated, later);

        (await HandleNextAsync(Complete)).Envelope.Body.ToArray().ShouldBe(first.Body.ToArray());
        await SendAsync(repeated);
        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(later.EventId);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(0);
    }

    [Fact]
    public async Task A_removal_takes_the_wanted_events_or_counts_them_as_left_and_the_others_keep_their_order()
    {
        EventEnvelope[] sent = await SendAsync(
            Event(Live(1), """{"wanted":1}"""), Event(Live(1)), Event(Live(2), """{"wanted":2}"""), Event(Import(1), """{"wanted":3}"""), Event(Live(1)), Event(Live(1), """{"wanted":4}"""));

        QueueRemoval removal = await Subject.Queue.RemoveAsync(IsWanted, SkipReason.Forgotten, CancellationToken.None);

        (removal.Removed + removal.Left, removal.RemovedInHand, removal.More).ShouldBe((4, 0, false));
        (removal.Removed == 0 || removal.Left == 0).ShouldBeTrue("a queue either gives events out of their turn or does not");
        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        (status.Live.Ready + status.Import.Ready).ShouldBe(6 - removal.Removed);
        List<string> left = [];
        while (left.Count < 5 - (removal.Removed == 0 ? 0 : 3))
        {
            left.Add((await HandleNextAsync(Complete)).Envelope.EventId);
        }

        left.Where(id => id == sent[1].EventId || id == sent[4].EventId).ShouldBe([sent[1].EventId, sent[4].EventId]);
    }

    [Fact]
    public async Task The_same_id_of_another_kind_or_replay_is_another_message()
    {
        EventEnvelope track = Event(Live(1));

        await SendAsync(track, track with { Kind = EventKind.Page }, track with { ReplayCount = 1 });

        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(3);
    }

    private static bool IsWanted(ReadOnlyMemory<byte> body) => body.Span.IndexOf("wanted"u8) >= 0;

    [Fact]
    public async Task The_status_tells_how_full_it_is()
    {
        QueueStatus empty = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        empty.RepeatsKept.ShouldBeOneOf(0, null);
        empty.ShouldBe(new QueueStatus(true, LaneStatus.Empty, LaneStatus.Empty, 0) { RepeatsKept = empty.RepeatsKept });
        await SendAsync(Event(Live(1)), Event(Live(2)), Event(Import(1)));
        await HandleNextAsync(DeadLetter());

        await using IPartitionLease held = await ReceiveAsync();

        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        status.CanEnqueue.ShouldBeTrue();
        status.DeadLettered.ShouldBe(1);
        (status.Ready, status.Import.Ready).ShouldBe((1, 1));
    }
}
