using System.Diagnostics.Metrics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Tests.Support;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;

namespace CustomerIoDestination.Tests.Telemetry;

/// <summary>How often events are read or sent otherwise than they stand there is seen in the status and in a metric, without a preview.</summary>
public sealed class WarningCountTests
{
    [Fact]
    public async Task An_event_counts_once_for_each_warning_it_ends_with()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(500).Reply(200).Reply(200);
        using MetricCollector<long> warned = new(rig.Get<IMeterFactory>(), DestinationTracing.Name, "destination.events.warned");

        await DeliverAsync(rig, """{"type":"identify","userId":"u","traits":{"email":" ada@example.com","":1," ":2},"timestamp":"soon"}""");
        await DeliverAsync(rig, """{"type":"identify","userId":"u","traits":{"email":"ada@example.com "}}""");

        Dictionary<string, long> expected = new() { ["email_cleaned"] = 2, ["name_blank"] = 1, ["time_unreadable"] = 1 };
        (await rig.Control.GetStatusAsync(default)).Counts.Warnings.ShouldBe(expected, ignoreOrder: true);
        warned.GetMeasurementSnapshot().GroupBy(measured => (string)measured.Tags["code"]!, measured => measured.Value)
            .ToDictionary(code => code.Key, code => code.Sum(), StringComparer.Ordinal).ShouldBe(expected, ignoreOrder: true);
        warned.GetMeasurementSnapshot().ShouldAllBe(measured => (string?)measured.Tags["kind"] == "identify");
    }

    [Fact]
    public async Task A_dead_letter_and_a_skip_tell_their_warnings_too()
    {
        await using DeliveryRig rig = new();

        await DeliverAsync(rig, """{"type":"identify","anonymousId":"0","traits":{"plan":"gold"}}""");
        await DeliverAsync(rig, """{"type":"identify","userId":"null","anonymousId":"d","traits":{"plan":"gold"}}""");

        EventCounts counts = (await rig.Control.GetStatusAsync(default)).Counts;
        counts.DeadLettered.ShouldBe(new Dictionary<string, long> { ["missing_identifier"] = 1 });
        counts.Skipped.ShouldBe(1);
        counts.Warnings.ShouldBe(new Dictionary<string, long> { ["identifier_placeholder"] = 2 });
    }

    [Fact]
    public async Task Where_there_is_nothing_to_tell_nothing_is_counted()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, """{"type":"identify","userId":"u","traits":{"plan":"gold"}}""");

        attempt.Warnings.ShouldBeEmpty();
        (await rig.Control.GetStatusAsync(default)).Counts.Warnings.ShouldBeEmpty();
    }

    private static Task<DeliveryAttempt> DeliverAsync(DeliveryRig rig, string item) =>
        rig.RunAsync(rig.Handler.DeliverAsync(Some.Event(EventKind.Identify, item), keep: null, CancellationToken.None));
}
