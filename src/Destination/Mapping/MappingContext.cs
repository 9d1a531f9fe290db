using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>What one event is mapped with, and the problems and warnings that come up on the way.</summary>
/// <param name="envelope">The event's id, lane and flags.</param>
/// <param name="settings">How events become requests.</param>
/// <param name="limits">What becomes of what is too long.</param>
/// <param name="rules">What the marketer decided.</param>
/// <param name="output">Where operations are written.</param>
internal sealed class MappingContext(EventEnvelope envelope, MappingSettings settings, LimitSettings limits, DestinationRules rules, ScratchBuffer output)
{
    // Freshpaint is younger; what is older is a clock that was never set.
    private const long Year2000 = 946_684_800_000;

    /// <summary>How far ahead of receipt an event's time may be before its clock counts as wrong.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private List<MappingProblem>? _problems;
    private List<MappingWarning>? _warnings;

    /// <summary>The event's id, lane and flags.</summary>
    public EventEnvelope Envelope => envelope;

    /// <summary>How events become requests.</summary>
    public MappingSettings Settings => settings;

    /// <summary>What becomes of what is too long.</summary>
    public LimitSettings Limits => limits;

    /// <summary>What the marketer decided.</summary>
    public DestinationRules Rules => rules;

    /// <summary>The e-mail the rules left; null when the event itself tells.</summary>
    public RuledEmail? RuledEmail { get; set; }

    /// <summary>Who the event is about, once it was looked for.</summary>
    public Identity? Identity { get; set; }

    /// <summary>The event as it was before the rules.</summary>
    public required FreshpaintEvent Given
    {
        get;
        init
        {
            field = value;
            _warnings = value.Head.Notices;
        }
    }

    /// <summary>Where operations are written.</summary>
    public ScratchBuffer Output => output;

    /// <summary>Whether the event came with a write key, so that not all it says of a person counts.</summary>
    public bool IsRestricted => envelope.FromBrowser && settings.BrowserIdentify != BrowserIdentifyChoice.Full;

    /// <summary>The warnings so far; null for none.</summary>
    public ref List<MappingWarning>? Warnings => ref _warnings;

    /// <summary>Whether anything makes the event undeliverable.</summary>
    public bool HasProblems => _problems is not null;

    /// <summary>The time of receipt in Unix seconds.</summary>
    public long ReceivedSeconds { get; } = envelope.ReceivedAt.ToUnixTimeSeconds();

    /// <summary>Something makes the event undeliverable.</summary>
    public void Problem(DeadLetterReason reason, string field, string message) =>
        (_problems ??= []).Add(new MappingProblem(reason, field, message));

    /// <summary>Something is over a limit.</summary>
    public void OverLimit(string field, string what, int limit, int actual, string unit = "bytes") =>
        (_problems ??= []).Add(new MappingProblem(
            DeadLetterReason.LimitExceeded,
            field,
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} has {actual} {unit}; the limit is {limit}"),
            limit,
            actual));

    /// <summary>An identifier can't be used: it is left out where the rest must arrive, or makes the event undeliverable.</summary>
    /// <param name="field">Where it stands.</param>
    /// <param name="problem">Why it can't be used.</param>
    /// <param name="isLeftOut">Whether the rest must arrive.</param>
    public void Unusable(string field, string problem, bool isLeftOut)
    {
        if (isLeftOut)
        {
            Warn(WarningCode.ReservedName, field, $"it {problem}; it was left out");
        }
        else
        {
            Problem(DeadLetterReason.InvalidEvent, field, $"{field} {problem}");
        }
    }

    /// <summary>Whether a name stays as it is: it is within its limit, or it may not be cut, which makes the event undeliverable.</summary>
    /// <param name="name">The name.</param>
    /// <param name="limit">The most bytes it may have.</param>
    /// <param name="isUncut">Whether the settings say that one that has more is not to be cut.</param>
    /// <param name="field">Where it stands.</param>
    /// <param name="what">What it is, in words.</param>
    public bool Stays(Utf8Text name, int limit, bool isUncut, string field, string what)
    {
        if (name.Length > limit && isUncut)
        {
            OverLimit(field, what, limit, name.Length);
            return true;
        }

        return name.Length <= limit;
    }

    /// <summary>Something was changed or may surprise.</summary>
    public void Warn(WarningCode code, string field, string message) => Warn(new MappingWarning(code, field, message));

    /// <summary>Something that a browser may not say of a person was left out.</summary>
    public void LeftOut(string field) => Warn(WarningCode.BrowserLeftOut, field, "it came with a write key, which everybody can read in the page, and was left out");

    /// <summary>Tells of a lone surrogate that was replaced, if one was.</summary>
    public void TellReplaced(bool replaced, string field)
    {
        if (replaced)
        {
            Warn(WarningCode.SurrogateReplaced, field, MappingWarning.ReplacedSurrogate);
        }
    }

    /// <summary>Whether a value is there and is one that a browser may not say of a person; it is told then.</summary>
    public bool IsLeftOut(JsonValue value, string field)
    {
        bool isLeftOut = IsRestricted && value.Kind is not (JsonKind.Missing or JsonKind.Null);
        if (isLeftOut)
        {
            LeftOut(field);
        }

        return isLeftOut;
    }

    /// <summary>Something was changed or may surprise.</summary>
    public void Warn(MappingWarning warning) => (_warnings ??= []).Add(warning);

    /// <summary>The result: invalid when there is any problem, else these operations.</summary>
    public MappingResult Result(params TrackApiOperation[] operations) => Told(_problems is null ? new MappingResult.Mapped(operations) : new MappingResult.Invalid(_problems));

    /// <summary>The result when the event is not to be sent.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="rule">Where the rule that says so stands; null when none does.</param>
    /// <param name="ruleName">The name that rule has in the file; null for none.</param>
    public MappingResult Skipped(SkipReason reason, string? rule = null, string? ruleName = null) =>
        Told(new MappingResult.Skipped(reason) { Rule = rule, RuleName = ruleName });

    /// <summary>The result when the rules left nothing to name the event by.</summary>
    public MappingResult Filtered() => Skipped(SkipReason.Filtered, rules.IsPrivate ? "privacy.allow" : "transformations");

    private MappingResult Told(MappingResult result) => _warnings is null ? result : result with { Warnings = _warnings };

    /// <summary>
    /// The event's time in Unix seconds: the sender's, or that of receipt when there is none, it can't be read, it is before 2000, or it is more than
    /// <see cref="ClockTolerance"/> after receipt.
    /// </summary>
    /// <param name="time">The sender's time.</param>
    /// <param name="field">Where it stands.</param>
    public long EventSeconds(JsonValue time, string field = "timestamp")
    {
        if (time.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return ReceivedSeconds;
        }

        if (!EventTime.TryRead(time, out long milliseconds))
        {
            Warn(WarningCode.TimeUnreadable, field, "the event's time can't be read; the time of receipt is sent");
            return ReceivedSeconds;
        }

        if (milliseconds < Year2000)
        {
            Warn(WarningCode.TimeImplausible, field, "the event's time is before 2000; the time of receipt is sent");
            return ReceivedSeconds;
        }

        if (milliseconds > (envelope.ReceivedAt + ClockTolerance).ToUnixTimeMilliseconds())
        {
            Warn(WarningCode.TimeInFuture, field, "the event's time is more than 5 minutes after receipt (a wrong clock); the time of receipt is sent");
            return ReceivedSeconds;
        }

        return EventTime.ToSeconds(milliseconds);
    }
}

/// <summary>Decides who an event is about, and reports identifiers that can't be used (mapping.md 1, "Identity").</summary>
internal static class IdentityMapping
{
    /// <summary>Who the event is about; what is wrong with its identifiers is told to the context.</summary>
    public static Identity Of(FreshpaintEvent source, MappingContext context) => context.Identity ??= Find(source, context);

    /// <summary>Tells of an identifier that can't be used, or that stands for none.</summary>
    public static void Report(Identifier identifier, string field, MappingContext context)
    {
        if (identifier.WasPlaceholder)
        {
            context.Warn(WarningCode.IdentifierPlaceholder, field, "it is a word that stands for no identifier and counts as absent");
        }

        if (identifier.Problem is { } problem)
        {
            context.Unusable(field, problem, isLeftOut: false);
        }
    }

    private static Identity Find(FreshpaintEvent source, MappingContext context)
    {
        EventHead head = source.Head;
        Report(head.UserId, "userId", context);
        if (head.DeviceId.Problem is { } unreadable && HoldsOptOut(source, context))
        {
            context.Unusable("anonymousId", unreadable, isLeftOut: true);
        }
        else
        {
            Report(head.DeviceId, "anonymousId", context);
        }

        // Where the rules have the last word, what the event itself told is only looked at for its warnings.
        FreshpaintEvent teller = context.RuledEmail is null ? source : context.Given;
        Utf8Text? told = Identity.ToldEmail(teller, context.Settings, ref context.Warnings) ?? Identity.EmailInUserId(head);
        Utf8Text? email = context.RuledEmail is { } ruled ? ruled.Address : told;
        Utf8Text? userId = head.UserId.IsPresent ? head.UserId.Text : null;
        if (Identity.Choose(userId, email, context.Settings) is not { } value)
        {
            return new Identity(null, email);
        }

        if (value.Length > TrackApiLimits.PersonIdBytes)
        {
            context.OverLimit(value == userId ? "userId" : "email", "the person's identifier", TrackApiLimits.PersonIdBytes, value.Length);
        }

        var person = PersonIdentifier.ByShape(value);
        if (person.Kind == PersonIdentifierKind.CioId && context.Envelope.FromBrowser)
        {
            context.Problem(DeadLetterReason.InvalidEvent, "userId", "the person is named by an id of Customer.io's own, which is not taken from browsers");
        }
        else if (person.Kind == PersonIdentifierKind.CioId)
        {
            context.Warn(WarningCode.CustomerIoId, "userId", "the user id starts with cio_: Customer.io reads it as its own id and silently drops unknown ones");
        }

        return new Identity(person, email);
    }

    // An opt-out must arrive, whatever stands beside the name of the person; from a browser it is none.
    private static bool HoldsOptOut(FreshpaintEvent source, MappingContext context) =>
        source is FreshpaintEvent.Identify identify && !context.IsRestricted && ReservedAttributes.Of(identify, context.Given, context.Rules.Groups).HoldsOptOut;
}
