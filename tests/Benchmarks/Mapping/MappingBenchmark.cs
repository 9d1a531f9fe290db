using System.Text.Json;
using BenchmarkDotNet.Attributes;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Benchmarks.Mapping;

/// <summary>Reading, mapping, checking every limit and writing the request of one event, beside the two steps nobody can do without.</summary>
[MemoryDiagnoser]
public class MappingBenchmark
{
    private const int Count = 1_000;

    private readonly EventEnvelope[] _envelopes = EventMix.Envelopes(Count);
    private readonly EnvelopeMapper _mapper = new(new MappingSettings(), new LimitSettings(), RulesSource.Of(DestinationRules.None));

    [Benchmark(Baseline = true, OperationsPerInvoke = Count)]
    public int Tokenise()
    {
        int tokens = 0;
        foreach (EventEnvelope envelope in _envelopes)
        {
            var reader = new Utf8JsonReader(envelope.Body.Span);
            while (reader.Read())
            {
                tokens++;
            }
        }

        return tokens;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int ParseWithJsonDocument()
    {
        int kinds = 0;
        foreach (EventEnvelope envelope in _envelopes)
        {
            using var document = JsonDocument.Parse(envelope.Body);
            kinds += (int)document.RootElement.ValueKind;
        }

        return kinds;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int ReadMapAndWrite()
    {
        int bytes = 0;
        foreach (EventEnvelope envelope in _envelopes)
        {
            using var scope = EventScope.Rent();
            var mapped = (MappingResult.Mapped)_mapper.Map(envelope, scope);
            foreach (TrackApiOperation operation in mapped.Operations)
            {
                bytes += SingleRequest.Write(operation, scope.Output).Body.Length;
            }
        }

        return bytes;
    }
}
