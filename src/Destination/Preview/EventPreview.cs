using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Preview;

/// <summary>
/// Shows what would become of events, by the very code that ingest and delivery run: how a person understands the mapping. Nothing is sent,
/// nothing stored, nothing counted.
/// </summary>
public sealed class EventPreview(DestinationSettings settings, EnvelopeMapper mapper, SteadyClock clock, Random random)
{
    /// <summary>Previews a request's body.</summary>
    /// <param name="body">The body, decompressed.</param>
    /// <param name="request">What the headers would say at ingest.</param>
    public PreviewResult Preview(ReadOnlyMemory<byte> body, IngestRequest request) => BodySplitter.Split(body) switch
    {
        BodyItems.TooMany => new PreviewResult.TooManyItems(BodySplitter.MaxItems),
        BodyItems.Unreadable unreadable => new PreviewResult.Items([Bad(0, unreadable.Code, unreadable.Message)]),
        BodyItems.Items items => Preview(items, request),
        _ => throw new UnreachableException(),
    };

    private PreviewResult Preview(BodyItems.Items items, IngestRequest request)
    {
        var factory = new EnvelopeFactory(request, clock.Read(), settings, random);
        var previews = new List<PreviewItem>(items.Values.Count);
        long maxBytes = 8L * settings.Ingest.MaxBodyBytes;
        long bytes = 0;
        using var table = new JsonTable();
        for (int index = 0; index < items.Values.Count; index++)
        {
            EventItem read = factory.Read(items.Values[index], items.Wrapper, table, out EventEnvelope? envelope);
            bytes += envelope?.Body.Length ?? 0;
            if (items.Wrapper is not null && bytes > maxBytes)
            {
                return new PreviewResult.TooLarge(maxBytes);
            }

            previews.Add(read switch
            {
                EventItem.Bad bad => Bad(index, bad.Code, bad.Message),
                EventItem.Readable readable => Preview(readable.Event, envelope!, index),
                _ => throw new UnreachableException(),
            });
        }

        return new PreviewResult.Items(previews);
    }

    private PreviewItem Preview(FreshpaintEvent source, EventEnvelope envelope, int index)
    {
        using var scope = EventScope.Rent();
        var trace = new RuleTrace();
        MappingResult result = Judged(mapper.Map(envelope, scope, trace), envelope);
        PreviewItem preview = new(
            index,
            source.Head.Shape == EventShape.Webhook ? "webhook" : "http_api",
            source.Kind.ToCode(),
            envelope.EventId,
            envelope.Partition.ToString(),
            "deliver",
            [],
            [],
            null,
            [],
            result.Warnings,
            null,
            null,
            trace.Applied);
        return result switch
        {
            MappingResult.Mapped mapped => preview with
            {
                Requests = [.. mapped.Operations.Select(operation => Request(operation, scope.Output))],
                BatchItems = [.. mapped.Operations.SelectMany(operation => Item(operation, scope.Output))],
            },
            MappingResult.Skipped skipped => preview with { Outcome = "skip", Reason = skipped.Reason.ToCode(), Rule = skipped.Rule, RuleName = skipped.RuleName },
            MappingResult.Invalid invalid => preview with
            {
                Outcome = "reject",
                Reason = invalid.Problems[0].Reason.ToCode(),
                Problems = [.. invalid.Problems.Select(p => new PreviewProblem(p.Reason.ToCode(), p.Field, p.Limit, p.Actual, p.Message))],
            },
            _ => throw new UnreachableException(),
        };
    }

    // As delivery does, with nothing remembered of anybody.
    private MappingResult Judged(MappingResult result, EventEnvelope envelope) => result.Named is { } named
        ? PersonRule.Apply(PersonRule.Decide(PersonFacts.Of(named, result, envelope), default, settings.Mapping, clock.Read().CountedFrom), result)
        : result;

    private PreviewRequest Request(TrackApiOperation operation, ScratchBuffer output)
    {
        TrackApiRequest request = SingleRequest.Write(operation, output);
        return new PreviewRequest(
            request.Method.ToString().ToUpperInvariant(),
            TrackApiUrl.For(settings.CustomerIo).GetLeftPart(UriPartial.Authority) + request.Path,
            request.Path,
            request.Body.ToArray());
    }

    private IEnumerable<ReadOnlyMemory<byte>> Item(TrackApiOperation operation, ScratchBuffer output) =>
        BatchItem.TryWrite(operation, settings.Delivery.BatchAnonymous, output, out ReadOnlyMemory<byte> item) ? [item.ToArray()] : [];

    private static PreviewItem Bad(int index, string code, string message) =>
        new(index, null, null, null, null, "reject", [], [], code, [new PreviewProblem(code, "event", null, null, message)], [], null, null, []);
}
