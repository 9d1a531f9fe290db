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
    private const int SmallPairs = 5;

    internal static void Run(Report report, LoadSize size)
    {
        EventEnvelope[] envelopes = EventMix.Envelopes(Events);
        var mapper = new EnvelopeMapper(new MappingSettings(), new LimitSettings(), RulesSource.Of(DestinationRules.None));
        EnvelopeMapper withIdleRules = WithRules(matching: 0);
        EnvelopeMapper withBusyRules = WithRules(matching: 3);
        double tokenise = PerSecond(size.Duration, envelopes, Tokenise);
        double map = PerSecond(size.Duration, envelopes, envelope => Map(mapper, envelope));
        double idle = PerSecond(size.Duration, envelopes, envelope => Map(withIdleRules, envelope));
        double busy = PerSecond(size.Duration, envelopes, envelope => Map(withBusyRules, envelope));
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (EventEnvelope envelope in envelopes)
        {
            Map(mapper, envelope);
        }

        report.Add("mapping, one core: read, map, limits, write", map, "events/s");
        report.Add("mapping: share of tokenising alone", map / tokenise, "ratio");
        report.Add("mapping with 100 rules, none of which applies: share of mapping without", idle / map, "ratio");
        report.Add("mapping with 100 rules, 3 of which change each event: share of mapping without", busy / map, "ratio");
        report.Add("mapping: allocated an event", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Events, "bytes");
        report.Add("mapping: mean size of an event", envelopes.Average(envelope => envelope.Body.Length), "bytes");
        RunSmall(report, size, mapper);
    }

    /// <summary>In turn, since the share is what counts.</summary>
    private static void RunSmall(Report report, LoadSize size, EnvelopeMapper mapper)
    {
        EventEnvelope[] envelopes = EventMix.Small(Events);
        (double Tokenise, double Map)[] pairs =
        [
            .. Enumerable.Range(0, SmallPairs).Select(_ => (
                PerSecond(size.Duration / SmallPairs, envelopes, Tokenise), PerSecond(size.Duration / SmallPairs, envelopes, envelope => Map(mapper, envelope)))),
        ];
        report.AddSpread($"mapping, events of {envelopes.Average(envelope => envelope.Body.Length):F0} bytes", [.. pairs.Select(pair => pair.Map)], "events/s");
        report.AddSpread($"mapping, events of {envelopes.Average(envelope => envelope.Body.Length):F0} bytes: share of tokenising alone", [.. pairs.Select(pair => pair.Map / pair.Tokenise)], "ratio");
    }

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
        double best = 0;
        for (int round = 0; round < 3; round++)
        {
            long done = 0;
            long start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < duration / 3)
            {
                foreach (EventEnvelope envelope in envelopes)
                {
                    operation(envelope);
                }

                done += envelopes.Length;
            }

            best = Math.Max(best, done / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
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
