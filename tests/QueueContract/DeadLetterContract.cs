using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every store of dead letters must do: tell, replay, discard.</summary>
public abstract class DeadLetterContract : QueueSuite<IQueueUnderTest>
{
    [Fact]
    public async Task A_dead_letter_tells_why_and_keeps_its_event()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1), """{"type":"track","event":"Signed Up"}"""));
        await HandleNextAsync(DeadLetter(DeadLetterReason.RejectedByCustomerIo, "name: too long"));

        DeadLetter listed = (await ListAsync()).ShouldHaveSingleItem();
        DeadLetterDetail? found = await Subject.DeadLetters.FindAsync(listed.Id, CancellationToken.None);

        listed.EventId.ShouldBe(sent[0].EventId);
        listed.Kind.ShouldBe("track");
        listed.Reason.ShouldBe(DeadLetterReason.RejectedByCustomerIo);
        listed.Description.ShouldBe("name: too long");
        listed.Attempts.ShouldBe(3);
        listed.EventTime.ShouldBe(sent[0].QueuedAt);
        listed.FirstFailedAt.ShouldBe(listed.DeadLetteredAt);
        found.ShouldNotBeNull();
        found.DeadLetter.ShouldBe(listed);
        found.Event.ToArray().ShouldBe(sent[0].Body.ToArray());
    }

    [Fact]
    public async Task An_event_without_a_time_of_its_own_has_none_as_a_dead_letter()
    {
        await SendAsync(Event(Live(1)) with { EventId = Ulid.Of(DateTimeOffset.UnixEpoch, 77) });
        await HandleNextAsync(DeadLetter());

        (await ListAsync()).ShouldHaveSingleItem().EventTime.ShouldBeNull();
    }

    [Fact]
    public async Task Dead_letters_are_listed_oldest_first_page_by_page()
    {
        string[] ids = await DeadLettersAsync(5);

        List<string> listed = [];
        string? after = null;
        do
        {
            DeadLetterPage page = await Subject.DeadLetters.ListAsync(new DeadLetterQuery(null, 2, after), CancellationToken.None);
            page.Items.Count.ShouldBeLessThanOrEqualTo(2);
            listed.AddRange(page.Items.Select(deadLetter => deadLetter.EventId));
            after = page.Next;
        }
        while (after is not null);

        listed.ShouldBe(ids);
    }

    [Fact]
    public async Task A_list_of_one_reason_holds_no_other()
    {
        await DeadLettersAsync(2, DeadLetterReason.Expired);
        string[] invalid = await DeadLettersAsync(2, DeadLetterReason.InvalidEvent);

        (await ListAsync(DeadLetterReason.InvalidEvent)).Select(deadLetter => deadLetter.EventId).ShouldBe(invalid);
    }

    [Fact]
    public async Task A_replayed_event_goes_to_the_queue_as_it_was_though_its_id_repeats()
    {
        EventEnvelope sent = Event(Live(9), """{"type":"identify"}""") with
        {
            Kind = EventKind.Identify,
            LifecycleAllowed = true,
            FromBrowser = true,
            ReceivedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
        };
        await SendAsync(sent);
        await HandleNextAsync(DeadLetter());
        DateTimeOffset before = Subject.Clock.GetUtcNow();

        DeadLetterPass pass = await Subject.DeadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: true, run: null, CancellationToken.None);

        (pass.Done, pass.Identifies, pass.More).ShouldBe((1, 1, false));
        ReceivedEvent again = await HandleNextAsync(Complete);
        DeadLetterRun run = pass.Run;
        (again.Envelope with { Body = sent.Body, QueuedAt = sent.QueuedAt, BeforeReplay = default })
            .ShouldBe(sent with { ReplayCount = 1, AsOfNow = true, ReplayRun = run.Id });
        again.Envelope.Body.ToArray().ShouldBe(sent.Body.ToArray());
        again.Envelope.QueuedAt.ToUnixTimeMilliseconds().ShouldBeGreaterThanOrEqualTo(before.ToUnixTimeMilliseconds());
        again.History.ShouldBe(FailureHistory.None);
        (await ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_can_fail_and_be_replayed_again_and_again()
    {
        string[] ids = await DeadLettersAsync(1);
        for (int replays = 1; replays <= 3; replays++)
        {
            await Subject.DeadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
            ReceivedEvent again = await HandleNextAsync(DeadLetter());
            again.Envelope.EventId.ShouldBe(ids[0]);
            again.Envelope.ReplayCount.ShouldBe(replays);
            again.Envelope.AsOfNow.ShouldBeFalse();
        }

        (await ListAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Replayed_events_of_a_partition_keep_their_order()
    {
        string[] ids = await DeadLettersAsync(3);
        await Subject.DeadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);

        foreach (string id in ids)
        {
            (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(id);
        }
    }

    [Fact]
    public async Task Replay_by_id_takes_these_and_tells_which_are_not_there()
    {
        string[] ids = await DeadLettersAsync(3);
        DeadLetter second = (await ListAsync())[1];

        DeadLetterPass pass = await Subject.DeadLetters.ReplayAsync(
            new DeadLetterSelection.Ids([second.Id, "987654321", second.Id]), asOfNow: false, run: null, CancellationToken.None);

        (pass.Done, pass.More).ShouldBe((1, false));
        pass.NotFound.ShouldBe(["987654321"]);
        (await HandleNextAsync(Complete)).Envelope.EventId.ShouldBe(ids[1]);
        (await ListAsync()).Select(deadLetter => deadLetter.EventId).ShouldBe([ids[0], ids[2]]);
    }

    [Fact]
    public async Task Replay_by_reason_leaves_the_others()
    {
        string[] expired = await DeadLettersAsync(2, DeadLetterReason.Expired);
        await DeadLettersAsync(2, DeadLetterReason.InvalidEvent);

        DeadLetterPass pass = await Subject.DeadLetters.ReplayAsync(
            new DeadLetterSelection.OfReason(DeadLetterReason.InvalidEvent), asOfNow: false, run: null, CancellationToken.None);

        pass.Done.ShouldBe(2);
        (await ListAsync()).Select(deadLetter => deadLetter.EventId).ShouldBe(expired);
        (await Subject.Queue.GetStatusAsync(CancellationToken.None))!.Ready.ShouldBe(2);
    }

    [Fact]
    public async Task A_discarded_dead_letter_is_gone()
    {
        string[] ids = await DeadLettersAsync(3);
        DeadLetter first = (await ListAsync())[0];

        DeadLetterPass some = await Subject.DeadLetters.DiscardAsync(new DeadLetterSelection.Ids([first.Id, "no id"]), run: null, CancellationToken.None);
        IReadOnlyList<DeadLetter> left = await ListAsync();
        DeadLetterPass rest = await Subject.DeadLetters.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        some.Done.ShouldBe(1);
        some.NotFound.ShouldBe(["no id"]);
        left.Select(deadLetter => deadLetter.EventId).ShouldBe(ids[1..]);
        rest.Done.ShouldBe(2);
        (await ListAsync()).ShouldBeEmpty();
        (await Subject.DeadLetters.FindAsync(first.Id, CancellationToken.None)).ShouldBeNull();
        QueueStatus status = (await Subject.Queue.GetStatusAsync(CancellationToken.None))!;
        (status.Ready, status.DeadLettered).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_run_does_not_take_what_came_back_from_it_and_tells_how_many_did()
    {
        await DeadLettersAsync(3);
        DeadLetterPass first = await ReplayAllAsync(run: null);
        await HandleNextAsync(DeadLetter(DeadLetterReason.NoEmail));
        await HandleNextAsync(DeadLetter());

        DeadLetterPass second = await ReplayAllAsync(first.Run);
        await HandleNextAsync(Complete);
        DeadLetterPass third = await ReplayAllAsync(second.Run);
        ReplayResult result = await Subject.DeadLetters.FindResultAsync(third.Run, CancellationToken.None);

        (first.Done, second.Done, third.Done, third.More).ShouldBe((3, 0, 0, false));
        result.CameBack.ShouldBe(new Dictionary<DeadLetterReason, long> { [DeadLetterReason.LimitExceeded] = 1, [DeadLetterReason.NoEmail] = 1 }, ignoreOrder: true);
        (result.Delivered ?? 1, result.Skipped ?? 0, result.Waiting ?? 0).ShouldBe((1, 0, 0));
        DeadLetterPass other = await ReplayAllAsync(run: null);
        other.Done.ShouldBe(2, "another run takes them");
        (await Subject.DeadLetters.FindResultAsync(other.Run, CancellationToken.None)).CameBack.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_discard_goes_on_with_its_run_and_leaves_what_is_newer()
    {
        await DeadLettersAsync(2);
        DeadLetterPass first = await Subject.DeadLetters.DiscardAsync(new DeadLetterSelection.OfReason(DeadLetterReason.Expired), run: null, CancellationToken.None);
        await LaterAsync();
        await DeadLettersAsync(1);

        DeadLetterPass second = await Subject.DeadLetters.DiscardAsync(new DeadLetterSelection.All(), first.Run, CancellationToken.None);

        (first.Done, second.Done, second.More).ShouldBe((0, 2, false));
        (await ListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task When_it_first_failed_and_its_calls_outlive_a_replay_and_do_not_count_against_it()
    {
        await SendAsync(Event(Live(1)));
        DateTimeOffset first = Whole(Subject.Clock.GetUtcNow().AddHours(-5));
        await HandleNextAsync(DeadLetter(), attempt => attempt with { Attempts = 7, FirstFailedAt = first });

        await ReplayAllAsync(run: null);
        ReceivedEvent again = await HandleNextAsync(DeadLetter(), attempt => attempt with { Attempts = 9, FirstFailedAt = first });

        again.Envelope.BeforeReplay.ShouldBe(new FailureHistory(7, first));
        again.History.ShouldBe(FailureHistory.None);
        DeadLetter letter = (await ListAsync()).ShouldHaveSingleItem();
        (letter.Attempts, letter.FirstFailedAt).ShouldBe((9, first));
        letter.DeadLetteredAt.ShouldBeGreaterThan(first);
    }

    [Fact]
    public async Task Customer_ios_answer_is_kept_with_the_event_and_replaced_by_that_of_the_next_refusal()
    {
        await SendAsync(Event(Live(1)));
        await HandleNextAsync(DeadLetter(DeadLetterReason.RejectedByCustomerIo) with { Answer = "Grüße: ann@example.com"u8.ToArray() });
        DeadLetterDetail refused = (await Subject.DeadLetters.FindAsync((await ListAsync())[0].Id, CancellationToken.None))!;
        await ReplayAllAsync(run: null);
        await HandleNextAsync(DeadLetter());
        DeadLetterDetail invalid = (await Subject.DeadLetters.FindAsync((await ListAsync())[0].Id, CancellationToken.None))!;

        Encoding.UTF8.GetString(refused.Answer.Span).ShouldBe("Grüße: ann@example.com");
        invalid.Answer.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task Dead_letters_are_discarded_by_what_is_in_them()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(4), """{"wanted":1}"""), Event(Live(4)), Event(Live(4), """{"wanted":2}"""));
        foreach (EventEnvelope _ in sent)
        {
            await HandleNextAsync(DeadLetter());
        }

        DeadLetterPass pass = await Subject.DeadLetters.DiscardAsync(
            new DeadLetterSelection.Holding(static body => body.Span.IndexOf("wanted"u8) >= 0), run: null, CancellationToken.None);

        (pass.Done, pass.More).ShouldBe((2, false));
        (await ListAsync()).ShouldHaveSingleItem().EventId.ShouldBe(sent[1].EventId);
    }

    [Fact]
    public async Task An_unknown_id_finds_nothing()
    {
        (await Subject.DeadLetters.FindAsync("987654321", CancellationToken.None)).ShouldBeNull();
        (await Subject.DeadLetters.FindAsync("no id", CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("zzz")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task A_place_that_no_page_told_is_no_place_to_go_on_from(string after)
    {
        await SendAsync(Event(Live(1)));
        await HandleNextAsync(DeadLetter());

        (await Subject.DeadLetters.ListAsync(new DeadLetterQuery(null, 10, after), CancellationToken.None)).ShouldBeSameAs(DeadLetterPage.OfNoPlace);
    }

    private Task<DeadLetterPass> ReplayAllAsync(DeadLetterRun? run) =>
        Subject.DeadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run, CancellationToken.None);

    // Where a run is a moment, what comes in that moment belongs to it.
    private Task LaterAsync() => Subject is IQueueInFakeTime still && Subject.Clock != TimeProvider.System ? still.AdvanceAsync(TimeSpan.FromSeconds(1)) : Task.Delay(20);

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds());

    private async Task<string[]> DeadLettersAsync(int count, DeadLetterReason reason = DeadLetterReason.LimitExceeded)
    {
        EventEnvelope[] sent = await SendAsync([.. Enumerable.Range(0, count).Select(_ => Event(Live(4)))]);
        for (int handled = 0; handled < count; handled++)
        {
            await HandleNextAsync(DeadLetter(reason));
        }

        return [.. sent.Select(envelope => envelope.EventId)];
    }

    private async Task<IReadOnlyList<DeadLetter>> ListAsync(DeadLetterReason? reason = null) =>
        (await Subject.DeadLetters.ListAsync(new DeadLetterQuery(reason, 100, null), CancellationToken.None)).Items;
}
