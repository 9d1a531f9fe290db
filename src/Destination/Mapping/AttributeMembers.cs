using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>The JSON members of a person's attributes as they are written, each measured as it is sent and taken back when it does not fit.</summary>
/// <param name="context">What the identify is mapped with.</param>
/// <param name="holdsOptOut">Whether the identify tells about a subscription: then what is too long is left out, so that it arrives.</param>
internal sealed class AttributeMembers(MappingContext context, bool holdsOptOut)
{
    /// <summary>What the fields of traits are called in messages.</summary>
    public const string Set = "traits";

    private readonly ScratchBuffer _output = context.Output;
    private bool _first = true;
    private bool _isRepeat;

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
    public void Warn(string code, string field, string message)
    {
        if (!_isRepeat)
        {
            context.Warn(code, field, message);
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
        bool fits = Fits(property.Name, TrackApiLimits.AttributeNameBytes, property.Name.Length, context.Limits.AttributeName, "the attribute's name")
            & Fits(property.Name, TrackApiLimits.AttributeValueBytes, length, context.Limits.AttributeValue, "the attribute's value");
        if (!fits)
        {
            Restore(before);
        }
        else if (replaced)
        {
            Warn("surrogate_replaced", FieldName.Of(Set, property.Name), "a lone surrogate was replaced by U+FFFD");
        }
    }

    /// <summary>Writes whether somebody is unsubscribed, in Customer.io's own words where it can be told.</summary>
    public void WriteSubscription(JsonValue value, string field)
    {
        if (Subscription.TryRead(value, out bool flag))
        {
            _output.WriteBoolean(flag);
            return;
        }

        Warn("subscription_unclear", field, "it is neither true nor false; Customer.io takes anything but true and 1 for subscribed");
        _output.WriteValue(value);
    }

    private bool Fits(Utf8Text name, int limit, int actual, OverLimit configured, string what)
    {
        if (actual <= limit)
        {
            return true;
        }

        string field = FieldName.Of(Set, name);
        if (Choice(configured) == OverLimit.Trim)
        {
            Warn("attribute_dropped", field, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what} has {actual} bytes (the limit is {limit}); it was left out"));
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
