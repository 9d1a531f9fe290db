using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// A group becomes an object and the person's relationship to it; a group of a device only has nobody to relate. Tracks that the rules name tell facts about an
/// object, or delete it, whoever they are of.
/// </summary>
internal static class GroupMapping
{
    /// <summary>Maps a group.</summary>
    public static MappingResult Map(FreshpaintEvent.Group group, MappingContext context)
    {
        if (IdentityMapping.Of(group, context).Person is not { } person)
        {
            if (!context.HasProblems && group.Head.DeviceId.IsPresent)
            {
                return context.Skipped(SkipReason.Unidentified);
            }

            if (!context.HasProblems)
            {
                context.Problem(DeadLetterReason.MissingIdentifier, "userId", "the group has neither a user id nor an e-mail");
            }

            return context.Result();
        }

        GroupAction action = ActionOf(group.Action);
        if (action == GroupAction.Delete)
        {
            context.Problem(DeadLetterReason.InvalidEvent, "traits.action", "a group is deleted by an event that the rules name in objects.delete; action takes add and remove");
        }

        if (action == GroupAction.Remove && context.Envelope.FromBrowser)
        {
            context.Problem(DeadLetterReason.InvalidEvent, "traits.action", "it came with a write key, which everybody can read in the page: it takes nobody out of a group");
        }

        var entity = new EntityWriter(context);
        entity.Begin(group.GroupId, "groupId", group.ObjectType, "traits.objectTypeId", action == GroupAction.Remove ? "delete_relationships" : "identify");
        if (action != GroupAction.Remove)
        {
            entity.WriteAttributes(AttributeMembers.Traits, group.Traits, action == GroupAction.None ? Instruction.ObjectType : Instruction.ObjectTypeAndAction);
        }

        entity.WriteRelationship(person, action == GroupAction.Remove ? default : group.Traits["relationshipAttributes"u8]);
        return entity.End();
    }

    /// <summary>Maps a track that tells facts about an object.</summary>
    public static MappingResult Update(FreshpaintEvent.Track track, MappingContext context)
    {
        EntityWriter entity = Begin(track, "identify", context);
        entity.WriteAttributes("properties", track.Properties, Instruction.ObjectId);
        return entity.End();
    }

    /// <summary>Maps a track that deletes an object.</summary>
    public static MappingResult Delete(FreshpaintEvent.Track track, MappingContext context) => Begin(track, "delete", context).End();

    // What names the object always leaves, like what names a person: it is looked for in what was given.
    private static EntityWriter Begin(FreshpaintEvent.Track track, string action, MappingContext context)
    {
        JsonValue given = track.Head.RawProperties;
        Identifier id = Identifier.Read(given["objectId"u8], context.Settings.PlaceholderIdentifiers)
            .OrMember(given, "groupId"u8, context.Settings.PlaceholderIdentifiers)
            .OrMember(given, "$group_id"u8, context.Settings.PlaceholderIdentifiers)
            .OrMember(track.Head.Context, "groupId"u8, context.Settings.PlaceholderIdentifiers);
        var entity = new EntityWriter(context);
        entity.Begin(id, "properties.objectId", given["objectTypeId"u8], "properties.objectTypeId", action);
        return entity;
    }

    private static GroupAction ActionOf(JsonValue value)
    {
        ReadOnlySpan<byte> action = value.TryGetText(out Utf8Text text) ? Utf8Scan.Trim(text).Span : default;
        return Is(action, "remove"u8) || Is(action, "delete_relationships"u8) ? GroupAction.Remove
            : Is(action, "add"u8) || Is(action, "identify"u8) || Is(action, "add_relationships"u8) ? GroupAction.Add
            : Is(action, "delete"u8) ? GroupAction.Delete
            : GroupAction.None;
    }

    private static bool Is(ReadOnlySpan<byte> action, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(action, known);

    // None: there is no such instruction, and a trait of that name is one like the others.
    private enum GroupAction
    {
        None,
        Add,
        Remove,
        Delete,
    }
}
