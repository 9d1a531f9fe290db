using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// Writes <c>cio_subscription_preferences</c>: <c>topics</c> and <c>channels</c>, each on or off in Customer.io's own words, whatever words the sender uses. What
/// is too long as a whole says the same as a dotted key for each topic and channel, because an opt-out must arrive. So does what is partly neither on nor off:
/// as a whole it would replace the person's preferences, and what is left out is to stay as it was. Null and objects without members say nothing: sent, they would erase what is there.
/// </summary>
internal sealed class PreferenceWriter(AttributeMembers members, MappingContext context)
{
    private static readonly Utf8Text Topics = Utf8Text.Of("topics");
    private static readonly Utf8Text Channels = Utf8Text.Of("channels");

    private bool _replaced;
    private bool _unclear;

    /// <summary>Writes them.</summary>
    public void Write(JsonValue preferences)
    {
        if (preferences.TryGetText(out Utf8Text text) && EmbeddedJson.Object(text) is { IsPresent: true } embedded)
        {
            members.Warn(WarningCode.ReadFromText, "traits.cio_subscription_preferences", "it is a text that holds an object, and was read as that object");
            preferences = embedded;
        }

        switch (preferences.Kind)
        {
            case JsonKind.Missing:
                return;
            case JsonKind.Object when preferences.HasMembers:
                WriteObject(preferences);
                context.TellReplaced(_replaced, "traits.cio_subscription_preferences");
                return;
            default:
                members.Unclear(KnownNames.Preferences);
                return;
        }
    }

    private void WriteObject(JsonValue preferences)
    {
        AttributeMembers.Position before = members.Mark();
        members.Begin(KnownNames.Preferences.Span);
        int valueStart = context.Output.Length;
        bool first = true;
        context.Output.WriteByte((byte)'{');
        foreach (JsonMember member in preferences.Members)
        {
            if (IsNoGroup(member))
            {
                _unclear = true;
                members.Unclear(Dotted(member.Name, null));
                continue;
            }

            context.Output.WriteName(member.Name.Span, ref first);
            if (HoldsSwitches(member))
            {
                WriteSwitches(member);
            }
            else
            {
                _replaced |= context.Output.WriteValue(member.Value);
            }
        }

        context.Output.WriteByte((byte)'}');
        if (_unclear || context.Output.Length - valueStart > TrackApiLimits.AttributeValueBytes)
        {
            members.Repeat(before);
            WriteDotted(preferences);
            members.EndRepeat();
        }
    }

    private void WriteSwitches(JsonMember group)
    {
        bool first = true;
        context.Output.WriteByte((byte)'{');
        foreach (JsonMember entry in group.Value.Members)
        {
            if (FlagText.TryRead(entry.Value, out bool flag))
            {
                context.Output.WriteName(entry.Name.Span, ref first);
                context.Output.WriteBoolean(flag);
            }
            else
            {
                _unclear = true;
                members.Unclear(Dotted(group.Name, entry.Name));
            }
        }

        context.Output.WriteByte((byte)'}');
    }

    private void WriteDotted(JsonValue preferences)
    {
        foreach (JsonMember member in preferences.Members)
        {
            if (IsNoGroup(member))
            {
                continue;
            }

            if (member.Value.Kind != JsonKind.Object)
            {
                WriteLeaf(Dotted(member.Name, null), member.Value);
                continue;
            }

            foreach (JsonMember entry in member.Value.Members)
            {
                if (HoldsSwitches(member))
                {
                    members.WriteSubscription(Dotted(member.Name, entry.Name).Span, entry.Value);
                }
                else
                {
                    WriteLeaf(Dotted(member.Name, entry.Name), entry.Value);
                }
            }
        }
    }

    private void WriteLeaf(Utf8Text name, JsonValue value)
    {
        members.Begin(name.Span);
        if (FlagText.TryRead(value, out bool flag))
        {
            context.Output.WriteBoolean(flag);
        }
        else
        {
            context.Output.WriteValue(value);
        }
    }

    private static bool HoldsSwitches(JsonMember member) => member.Value.HasMembers && IsGroup(member);

    private static bool IsNoGroup(JsonMember member) => !member.Value.HasMembers && IsGroup(member);

    private static bool IsGroup(JsonMember member) => member.NameIs(Topics.Span) || member.NameIs(Channels.Span);

    private static Utf8Text Dotted(Utf8Text member, Utf8Text? entry) => new(
        entry is { } name
            ? [.. KnownNames.Preferences.Span, (byte)'.', .. member.Span, (byte)'.', .. name.Span]
            : (byte[])[.. KnownNames.Preferences.Span, (byte)'.', .. member.Span]);
}
