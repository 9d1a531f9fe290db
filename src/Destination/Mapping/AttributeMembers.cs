using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>The JSON members of a person's attributes as they are written, each measured as it is sent and taken back when it does not fit.</summary>
/// <param name="context">What the identify is mapped with.</param>
/// <param name="holdsOptOut">Whether the identify tells about a subscription: then what is too long is left out, so that it arrives.</param>
/// <param name="set">What their fields are called in messages.</param>
internal sealed class AttributeMembers(MappingContext context, bool holdsOptOut, string set = AttributeMembers.Traits)
{
    /// <summary>What the fields of traits are called in messages.</summary>
    public const string Traits = "traits";

    private const long Year1900 = -2_208_988_800_000;
    private const long ADay = 24 * 60 * 60 * 1000;

    private readonly ScratchBuffer _output = context.Output;
    private bool _first = true;
    private bool _isRepeat;

    /// <summary>What their fields are called in messages.</summary>
    public string Set => set;

    /// <summary>How many are written.</summary>
    public int Count { get; private set; }

    /// <summary>Where writing stands, to come back to.</summary>
    public Position Mark() => new(_output.Length, Count, _first);

    /// <summary>Takes back what was written since; what follows is written a second time, without a second warning.</summary>
    public void Repeat(Position mark)
    {
        Restore(mark);
        _isRepeat = true;
    }

    /// <summary>What follows is written for the first time.</summary>
    public void EndRepeat() => _isRepeat = false;

    /// <summary>Takes back what was written since.</summary>
    public void Restore(Position mark)
    {
        _output.Truncate(mark.Length);
        Count = mark.Count;
        _first = mark.First;
    }

    /// <summary>What becomes of what is too long.</summary>
    public OverLimit Choice(OverLimit configured) => holdsOptOut ? OverLimit.Trim : configured;

    /// <summary>Begins a member; its value is written next.</summary>
    public void Begin(ReadOnlySpan<byte> name)
    {
        _output.WriteName(name, ref _first);
        Count++;
    }

    /// <summary>Something was changed or may surprise.</summary>
    public void Warn(WarningCode code, string field, string message)
    {
        if (!_isRepeat)
        {
            context.Warn(code, field, message);
        }
    }

    /// <summary>An attribute that a browser may not set was left out.</summary>
    public void LeftOut(Utf8Text name)
    {
        if (!_isRepeat)
        {
            context.LeftOut(FieldName.Of(set, name));
        }
    }

    /// <summary>Writes an attribute if its name and value fit; else leaves it out or reports it, as the settings say.</summary>
    public void WriteAttribute(Property property)
    {
        if (property.Value.Kind == JsonKind.Null && !context.Settings.SendNulls)
        {
            return;
        }

        Position before = Mark();
        Begin(property.Name.Span);
        int valueStart = _output.Length;
        bool replaced = _output.WriteValue(property.Value, context.Settings.ConvertDates && !property.Name.Equals(KnownNames.Email));
        int length = Measure(property.Value, _output.Length - valueStart);
        bool nameFits = FitsName(property.Name);
        if (nameFits && MayCut(property, length, out Utf8Text text))
        {
            Restore(before);
            WriteCut(property.Name, text);
            return;
        }

        if (!nameFits | !FitsValue(property.Name, length))
        {
            Restore(before);
        }
        else if (replaced)
        {
            Warn(WarningCode.SurrogateReplaced, FieldName.Of(set, property.Name), MappingWarning.ReplacedSurrogate);
        }
    }

    /// <summary>Writes a text that the product itself tells of the person, if it fits.</summary>
    public void WriteText(Utf8Text name, Utf8Text text)
    {
        if (FitsValue(name, text.Length))
        {
            Begin(name.Span);
            _output.WriteString(text.Span);
        }
    }

    /// <summary>Writes an attribute that switches a subscription on or off; one that does neither is left out.</summary>
    /// <param name="name">The attribute's name.</param>
    /// <param name="value">The value.</param>
    public void WriteSubscription(ReadOnlySpan<byte> name, JsonValue value)
    {
        if (FlagText.TryRead(value, out bool flag))
        {
            Begin(name);
            _output.WriteBoolean(flag);
            return;
        }

        Unclear(new Utf8Text(name.ToArray()));
    }

    /// <summary>Writes when the person or object was made, in the one form that Customer.io understands; what can't be that time is left out.</summary>
    /// <param name="value">The value of <c>created_at</c>.</param>
    /// <param name="camelCase">That of <c>createdAt</c>: it counts where the other is nothing, or can't be that time.</param>
    public void WriteCreatedAt(JsonValue value, JsonValue camelCase)
    {
        JsonValue given = value.Kind is JsonKind.Missing or JsonKind.Null ? camelCase : value;
        if (given.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return;
        }

        if (WhatIsWrong(given, out long milliseconds) is { } problem)
        {
            Warn(WarningCode.CreatedAtUnreadable, $"{set}.created_at", $"{problem} and was left out");
            if (WhatIsWrong(camelCase, out milliseconds) is not null)
            {
                return;
            }
        }

        Begin("created_at"u8);
        _output.WriteNumber(EventTime.ToSeconds(milliseconds));
    }

    private string? WhatIsWrong(JsonValue createdAt, out long milliseconds) =>
        !EventTime.TryRead(createdAt, out milliseconds) ? "it can't be read as a time"
        : milliseconds < Year1900 || milliseconds > (context.ReceivedSeconds * 1000) + ADay ? "it is before 1900 or more than a day in the future"
        : null;

    /// <summary>A subscription is neither on nor off.</summary>
    public void Unclear(Utf8Text name) => Warn(
        WarningCode.SubscriptionUnclear, FieldName.Of(set, name), "it is neither on nor off and was left out; the status at Customer.io stays as it was");

    /// <summary>Whether an object's id fits; else the relationship to it is left out or reported, as for a value that is too long.</summary>
    public bool FitsObjectId(Utf8Text name, Utf8Text id) => Fits(FieldName.Of(set, name), TrackApiLimits.ObjectIdBytes, id.Length, holdsOptOut, "the object's id");

    /// <summary>Whether the person's id fits beside the name by which the person is addressed.</summary>
    public bool FitsPersonId(string field, Utf8Text id) => Fits(field, TrackApiLimits.PersonIdBytes, id.Length, holdsOptOut, "the person's id");

    /// <summary>Whether a device id fits as an attribute.</summary>
    public bool FitsDeviceId(Utf8Text id) => Fits("anonymousId", TrackApiLimits.AttributeValueBytes, id.Length, LeavesOutValues, "the device id");

    /// <summary>Whether an identifier beside the name by which the person is addressed can be read; else it is left out where an opt-out must arrive, or reported.</summary>
    public bool IsReadable(Identifier identifier, string field)
    {
        if (identifier.Problem is not { } problem)
        {
            return true;
        }

        if (!holdsOptOut || !_isRepeat)
        {
            context.Unusable(field, problem, holdsOptOut);
        }

        return false;
    }

    // A piece of an e-mail would be another address.
    private bool MayCut(Property property, int length, out Utf8Text text)
    {
        text = default;
        return length > TrackApiLimits.AttributeValueBytes
            && context.Limits.AttributeValue == OverValueLimit.Cut
            && property.Value.Kind == JsonKind.String
            && !property.Name.Equals(KnownNames.Email)
            && property.Value.TryGetText(out text);
    }

    private void WriteCut(Utf8Text name, Utf8Text text)
    {
        int length = NameCut.OnCharacter(text.Span, TrackApiLimits.AttributeValueBytes);
        Begin(name.Span);
        _output.WriteString(text.Span[..length]);
        Warn(WarningCode.AttributeCut, FieldName.Of(set, name), string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"the attribute's value has {text.Length} bytes (the limit is {TrackApiLimits.AttributeValueBytes}); the first {length} are sent"));
    }

    private bool LeavesOutValues => holdsOptOut || context.Limits.AttributeValue != OverValueLimit.DeadLetter;

    // The field is only named where something does not fit.
    private bool FitsName(Utf8Text name) =>
        name.Length <= TrackApiLimits.AttributeNameBytes
        || Fits(FieldName.Of(set, name), TrackApiLimits.AttributeNameBytes, name.Length, Choice(context.Limits.AttributeName) == OverLimit.Trim, "the attribute's name");

    private bool FitsValue(Utf8Text name, int length) =>
        length <= TrackApiLimits.AttributeValueBytes || Fits(FieldName.Of(set, name), TrackApiLimits.AttributeValueBytes, length, LeavesOutValues, "the attribute's value");

    private bool Fits(string field, int limit, int actual, bool leavesOut, string what)
    {
        if (actual <= limit)
        {
            return true;
        }

        if (leavesOut)
        {
            Warn(WarningCode.AttributeDropped, field, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} has {actual} bytes (the limit is {limit}); it was left out"));
        }
        else
        {
            context.OverLimit(field, what, limit, actual);
        }

        return false;
    }

    // Text counts by its own bytes, not by its quotes and escapes.
    private static int Measure(JsonValue value, int written) =>
        value.Kind == JsonKind.String && value.TryGetText(out Utf8Text text) ? Math.Min(text.Length, written) : written;

    /// <summary>A place in what is written.</summary>
    internal readonly record struct Position(int Length, int Count, bool First);
}
