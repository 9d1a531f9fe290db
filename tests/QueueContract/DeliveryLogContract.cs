using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.QueueContract;

/// <summary>What every delivery log must do: list what was done, and tell the story of one event.</summary>
public abstract class DeliveryLogContract : QueueSuite<IQueueUnderTest>
{
    [SuiteFact]
    public async Task A_settled_event_is_logged_with_what_it_came_to()
    {
        EventEnvelope[] sent = await SendAsync(Event(Import(1)));
        ReceivedEvent received = await HandleNextAsync(DeadLetter(DeadLetterReason.NoEmail), Lane.Import);

        DeliveryLogEntry line = (await ListAsync()).Items.ShouldHaveSingleItem();

        line.EventId.ShouldBe(sent[0].EventId);
        line.ShouldBe(DeliveryLogEntry.Of(AttemptOf(received, DeadLetter(DeadLetterReason.NoEmail))) with { At = line.At });
    }

    [SuiteFact]
    public async Task Lines_come_newest_first_page_by_page()
    {
        EventEnvelope[] sent = await SendAsync([.. Enumerable.Range(0, 5).Select(_ => Event(Live(1)))]);
        foreach (EventEnvelope _ in sent)
        {
            await HandleNextAsync(Complete);
        }

        List<string> listed = [];
        string? after = null;
        do
        {
            DeliveryLogPage page = await ListAsync(limit: 2, after: after);
            listed.AddRange(page.Items.Select(line => line.EventId));
            after = page.Next;
        }
        while (after is not null);

        listed.ShouldBe(sent.Reverse().Select(envelope => envelope.EventId));
    }

    [SuiteFact]
    public async Task A_place_that_no_page_told_is_no_place_to_go_on_from() => (await ListAsync(after: "zzz")).ShouldBeSameAs(DeliveryLogPage.OfNoPlace);

    [SuiteFact]
    public async Task Lines_are_filtered_by_outcome_and_kind()
    {
        await SendAsync(Event(Live(1)) with { Kind = EventKind.Page }, Event(Live(1)), Event(Live(1)) with { Kind = EventKind.Page });
        await HandleNextAsync(Complete);
        await HandleNextAsync(DeadLetter());
        await HandleNextAsync(DeadLetter());

        (await ListAsync(AttemptOutcome.DeadLettered)).Items.Count.ShouldBe(2);
        (await ListAsync(AttemptOutcome.Delivered)).Items.Count.ShouldBe(1);
        (await ListAsync(AttemptOutcome.DeadLettered, EventKind.Page)).Items.Count.ShouldBe(1);
        (await ListAsync(kind: EventKind.Page)).Items.Count.ShouldBe(2);
        (await ListAsync(AttemptOutcome.Skipped)).Items.ShouldBeEmpty();
    }

    [SuiteFact]
    public async Task A_skip_at_ingest_is_listed_and_told()
    {
        EventEnvelope never = Event(Live(1));
        var skipped = new DeliveryLogEntry
        {
            At = never.ReceivedAt,
            EventId = never.EventId,
            Kind = EventKind.Alias,
            Lane = Lane.Live,
            Step = EventStep.Ingest,
            Outcome = AttemptOutcome.Skipped,
            Reason = "not_enabled",
        };

        await Subject.Log.RecordAsync([skipped], CancellationToken.None);

        (await ListAsync()).Items.ShouldBe([skipped]);
        EventStory? story = await Subject.Log.FindStoryAsync(never.EventId, CancellationToken.None);
        story.ShouldNotBeNull();
        story.Kind.ShouldBe(EventKind.Alias);
        story.Steps.ShouldBe([skipped]);
    }

    [SuiteFact]
    public async Task A_delivery_keeps_the_codes_and_fields_of_its_warnings_and_no_message()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        MappingWarning[] warnings =
        [
            new(WarningCode.EmailCleaned, "traits.e mail", "white space"),
            new(WarningCode.NameCut, "event", "cut"),
            new(WarningCode.NameCut, "event", "and once more"),
            .. Enumerable.Range(0, 40).Select(number => new MappingWarning(WarningCode.AttributeDropped, $"traits.a{number}", "too long")),
        ];
        await HandleNextAsync(Complete, attempt => attempt with { Warnings = warnings });

        EventStory? story = await Subject.Log.FindStoryAsync(sent[0].EventId, CancellationToken.None);

        IReadOnlyList<LoggedWarning> kept = story!.Steps[^1].Warnings;
        kept.Count.ShouldBe(DeliveryLogEntry.MaxWarnings);
        kept.Take(3).ShouldBe([new("email_cleaned", "traits.e mail"), new("name_cut", "event"), new("attribute_dropped", "traits.a0")]);
        (await ListAsync()).Items.ShouldHaveSingleItem().Warnings.ShouldBe(kept);
    }

    [SuiteFact]
    public async Task The_story_of_an_event_goes_from_acceptance_to_its_end()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        (await StepsAsync(sent[0])).ShouldBe([EventStep.Accepted, EventStep.Queued]);

        await HandleNextAsync(Release(failedCalls: 1));
        await HandleNextAsync(DeadLetter());
        await Subject.DeadLetters.ReplayAsync(new DeadLetterSelection.All(), asOfNow: false, run: null, CancellationToken.None);
        await HandleNextAsync(Complete);

        (await StepsAsync(sent[0])).ShouldBe(
            [EventStep.Accepted, EventStep.Queued, EventStep.Delivery, EventStep.Delivery, EventStep.Replayed, EventStep.Queued, EventStep.Delivery]);
    }

    [SuiteFact]
    public async Task A_discarded_dead_letters_last_step_has_its_reason_and_its_calls()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await HandleNextAsync(DeadLetter(DeadLetterReason.NoEmail));
        await Subject.DeadLetters.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        EventStory? story = await Subject.Log.FindStoryAsync(sent[0].EventId, CancellationToken.None);

        story.ShouldNotBeNull();
        (story.Steps[^1].Reason, story.Steps[^1].Attempts).ShouldBe(("no_email", 3));
    }

    [SuiteFact]
    public async Task An_event_that_is_sent_again_arrives_once_in_its_story()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await SendAsync(sent[0] with { ReceivedAt = sent[0].ReceivedAt.AddSeconds(1), QueuedAt = sent[0].QueuedAt.AddSeconds(1) });
        await HandleNextAsync(Complete);

        (await StepsAsync(sent[0])).Where(step => step is not EventStep.Delivery).ShouldBe([EventStep.Accepted, EventStep.Queued]);
    }

    [SuiteFact]
    public async Task A_discarded_event_keeps_its_story()
    {
        EventEnvelope[] sent = await SendAsync(Event(Live(1)));
        await HandleNextAsync(DeadLetter());
        await Subject.DeadLetters.DiscardAsync(new DeadLetterSelection.All(), run: null, CancellationToken.None);

        (await StepsAsync(sent[0])).ShouldBe([EventStep.Accepted, EventStep.Queued, EventStep.Delivery, EventStep.Discarded]);
    }

    [SuiteFact]
    public async Task An_event_nobody_saw_has_no_story() =>
        (await Subject.Log.FindStoryAsync(Event(Live(1)).EventId, CancellationToken.None)).ShouldBeNull();

    private Task<DeliveryLogPage> ListAsync(AttemptOutcome? outcome = null, EventKind? kind = null, int limit = 100, string? after = null) =>
        Subject.Log.ListAsync(new DeliveryLogQuery(limit, after, outcome, kind), CancellationToken.None);

    private async Task<IReadOnlyList<EventStep>> StepsAsync(EventEnvelope envelope)
    {
        EventStory? story = await Subject.Log.FindStoryAsync(envelope.EventId, CancellationToken.None);
        story.ShouldNotBeNull();
        story.Kind.ShouldBe(envelope.Kind);
        return [.. story.Steps.Select(step => step.Step)];
    }
}
