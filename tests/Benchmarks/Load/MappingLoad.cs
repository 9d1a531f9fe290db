using System.Diagnostics;
using System.Text.Json;
using CustomerIoDestination.Benchmarks.Mapping;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>(1) Reading, mapping, checking and writing events, on one core, beside tokenising alone.</summary>
public static class MappingLoad
{
    private const int Events = 1_000;
    private const int Rules = 100;

    internal static void Run(Report report, LoadSize size)
    {
        var mapper = new EnvelopeMapper(new MappingSettings(), new LimitSettings(), RulesSource.Of(DestinationRules.None));
        EventEnvelope[] mixed = EventMix.Envelopes(Events);
        Measure(report, size, mixed, mapper);
        MeasureRules(report, size, mixed, mapper);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (EventEnvelope envelope in mixed)
        {
            Map(mapper, envelope);
        }

        report.Add("mapping: allocated an event", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Events, "bytes");
        Measure(report, size, EventMix.Small(Events), mapper);
    }

    /// <summary>In turn with tokenising alone, since the share is what counts.</summary>
    private static void Measure(Report report, LoadSize size, EventEnvelope[] envelopes, EnvelopeMapper mapper)
    {
        PerSecond(size.WarmUp, envelopes, Tokenise);
        PerSecond(size.WarmUp, envelopes, envelope => Map(mapper, envelope));
        (double Tokenise, double Map)[] pairs = InRounds(size, () => (
            PerSecond(size.Duration / 2, envelopes, Tokenise), PerSecond(size.Duration / 2, envelopes, envelope => Map(mapper, envelope))));
        string what = $"mapping on one core (read, map, limits, write), events of {envelopes.Average(envelope => envelope.Body.Length):F0} bytes";
        report.AddSpread(what, pairs.Select(pair => pair.Map), "events/s");
        report.AddSpread($"{what}: share of tokenising alone", pairs.Select(pair => pair.Map / pair.Tokenise), "ratio");
    }

    private static void MeasureRules(Report report, LoadSize size, EventEnvelope[] envelopes, EnvelopeMapper mapper)
    {
        EnvelopeMapper withIdleRules = WithRules(matching: 0);
        EnvelopeMapper withBusyRules = WithRules(matching: 3);
        PerSecond(size.WarmUp, envelopes, envelope => Map(withIdleRules, envelope));
        PerSecond(size.WarmUp, envelopes, envelope => Map(withBusyRules, envelope));
        (double Without, double Idle, double Busy)[] rounds = InRounds(size, () => (
            PerSecond(size.Duration / 2, envelopes, envelope => Map(mapper, envelope)),
            PerSecond(size.Duration / 2, envelopes, envelope => Map(withIdleRules, envelope)),
            PerSecond(size.Duration / 2, envelopes, envelope => Map(withBusyRules, envelope))));
        report.AddSpread("mapping with 100 rules, none of which applies: share of mapping without", rounds.Select(round => round.Idle / round.Without), "ratio");
        report.AddSpread("mapping with 100 rules, 3 of which change each event: share of mapping without", rounds.Select(round => round.Busy / round.Without), "ratio");
    }

    private static T[] InRounds<T>(LoadSize size, Func<T> round) => [.. Enumerable.Range(0, size.Rounds).Select(_ => round())];

    private static EnvelopeMapper WithRules(int matching)
    {
        string[] present = ["utm_campaign", "language", "clinic"];
        IEnumerable<string> operations = Enumerable.Range(0, Rules).Select(number =>
            $$"""{"operation":"uppercase","on":"all","property":"{{(number < matching ? present[number] : $"absent_{number}")}}"}""");
        var loaded = (Checked<DestinationRules>.Valid)RulesFile.Load($$"""{"transformations":[{{string.Join(',', operations)}}]}""", null);
        return new EnvelopeMapper(new MappingSettings(), new LimitSettings(), RulesSource.Of(loaded.Value));
    }

    private static double PerSecond(TimeSpan duration, EventEnvelope[] envelopes, Action<EventEnvelope> operation)
    {
        long done = 0;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            foreach (EventEnvelope envelope in envelopes)
            {
                operation(envelope);
            }

            done += envelopes.Length;
        }

        return done / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Tokenise(EventEnvelope envelope)
    {
        var reader = new Utf8JsonReader(envelope.Body.Span);
        while (reader.Read())
        {
        }
    }

    private static void Map(EnvelopeMapper mapper, EventEnvelope envelope)
    {
        using var scope = EventScope.Rent();
        var mapped = (MappingResult.Mapped)mapper.Map(envelope, scope);
        foreach (TrackApiOperation operation in mapped.Operations)
        {
            SingleRequest.Write(operation, scope.Output);
        }
    }
}
