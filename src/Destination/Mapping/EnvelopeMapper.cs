using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Mapping;

/// <summary>From the raw JSON on the queue to what is sent: read, decide whether it is to be sent, map, check every limit. Never throws on input.</summary>
/// <param name="mapping">How events become requests.</param>
/// <param name="limits">What becomes of what is too long.</param>
/// <param name="rules">Where the rules of the moment are.</param>
public sealed class EnvelopeMapper(MappingSettings mapping, LimitSettings limits, RulesSource rules)
{
    /// <summary>Maps an event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="scope">Where it is read and written; the result lives as long.</param>
    public MappingResult Map(EventEnvelope envelope, EventScope scope) => Map(envelope, scope, trace: null);

    /// <summary>Maps an event and notes what the rules changed.</summary>
    internal MappingResult Map(EventEnvelope envelope, EventScope scope, RuleTrace? trace)
    {
        switch (EventItem.Read(envelope.Body, scope.Table, mapping.PlaceholderIdentifiers, envelope.FromBrowser))
        {
            case EventItem.Bad bad:
                DeadLetterReason reason = bad.Code == "invalid_event" ? DeadLetterReason.InvalidEvent : DeadLetterReason.Unreadable;
                return new MappingResult.Invalid([new MappingProblem(reason, "event", bad.Message)]);
            case EventItem.Readable { Event: var source }:
                return Map(source, envelope, scope, rules.Current, trace);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private MappingResult Map(FreshpaintEvent source, EventEnvelope envelope, EventScope scope, DestinationRules current, RuleTrace? trace)
    {
        var context = new MappingContext(envelope, mapping, limits, current, scope.Output) { Given = source };
        if (EventAdmission.Decide(source, current, mapping) is { } notWanted)
        {
            return context.Skipped(notWanted.Reason, notWanted.Rule);
        }

        if (Integrations.Read(source.Head.Integrations) == IntegrationChoice.Unclear)
        {
            context.Warn(WarningCode.IntegrationUnclear, "integrations", "what it says about Customer.io is neither on nor off; the event is sent");
        }

        RuledEvent ruled = RuleApplication.Apply(source, current, mapping, scope, trace);
        foreach (MappingWarning warning in ruled.Warnings ?? [])
        {
            context.Warn(warning);
        }

        if (ruled.Skip is { } filtered)
        {
            return context.Skipped(filtered.Reason, filtered.Rule, filtered.RuleName);
        }

        context.RuledEmail = ruled.Email;

        MappingResult result = EventMapper.Map(ruled.Event, context);
        result.Context = context;
        return result;
    }
}

/// <summary>What an event becomes at Customer.io (mapping.md 2): pure, one line a kind, one file a mapping.</summary>
internal static class EventMapper
{
    /// <summary>Maps an event that is to be delivered.</summary>
    public static MappingResult Map(FreshpaintEvent source, MappingContext context) => source switch
    {
        FreshpaintEvent.Identify identify => IdentifyMapping.Map(identify, context),
        FreshpaintEvent.Track track => TrackMapping.Map(track, context),
        FreshpaintEvent.Page page => PageMapping.Map(page, context),
        FreshpaintEvent.Screen screen => ScreenMapping.Map(screen, context),
        FreshpaintEvent.Group group => GroupMapping.Map(group, context),
        FreshpaintEvent.Alias alias => AliasMapping.Map(alias, context),
        FreshpaintEvent.Unsupported => context.Skipped(SkipReason.UnsupportedType),
        _ => throw new UnreachableException(),
    };
}
