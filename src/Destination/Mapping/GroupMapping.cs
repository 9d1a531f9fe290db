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

/// <summary>Reads what an identify says of the objects that its person belongs to.</summary>
internal static class PersonRelationshipsReader
{
    /// <summary>
    /// What <c>cio_relationships</c> says, <c>{"action": "add_relationships" | "delete_relationships", "relationships": […]}</c> or the list alone as v2 has
    /// it, and the object that <c>objectId</c> names; null for nothing.
    /// </summary>
    /// <param name="reserved">The traits with a meaning of their own.</param>
    /// <param name="members">The attributes, which are written after.</param>
    /// <param name="context">What the identify is mapped with.</param>
    public static PersonRelationships? Read(in ReservedAttributes reserved, AttributeMembers members, MappingContext context)
    {
        JsonValue value = context.IsLeftOut(reserved.Relationships, "traits.cio_relationships") ? default : reserved.Relationships;
        JsonValue items = value.Kind == JsonKind.Array ? value : value["relationships"u8];
        bool remove = value["action"u8].Is("delete_relationships"u8);
        bool isUnknown = value.Kind == JsonKind.Object && !remove && !value["action"u8].Is("add_relationships"u8);
        if (value.Kind is not (JsonKind.Missing or JsonKind.Null) && (items.Kind != JsonKind.Array || isUnknown))
        {
            members.Warn(WarningCode.RelationshipsUnreadable, "traits.cio_relationships", "it has no action and list that Customer.io knows; it was left out");
            items = default;
        }

        Identifier objectId = ReadObjectId(reserved, items.IsPresent && remove, members, context);
        if (!items.IsPresent && !objectId.IsPresent)
        {
            return null;
        }

        bool first = true;
        bool replaced = false;
        context.Output.WriteByte((byte)'[');
        foreach (JsonValue item in items.Elements)
        {
            Separate(ref first, context.Output);
            replaced |= context.Output.WriteValue(item);
        }

        context.TellReplaced(replaced, "traits.cio_relationships");
        if (objectId.IsPresent)
        {
            Separate(ref first, context.Output);
            EntityWriter.WriteRelationship(objectId, reserved.ObjectType, reserved.RelationshipAttributes, context);
        }

        context.Output.WriteByte((byte)']');
        return new PersonRelationships(items.IsPresent && remove, new Utf8Text(context.Output.Take()));
    }

    private static void Separate(ref bool first, ScratchBuffer output)
    {
        if (!first)
        {
            output.WriteByte((byte)',');
        }

        first = false;
    }

    // An object that can't be named costs the identify nothing else.
    private static Identifier ReadObjectId(in ReservedAttributes reserved, bool removes, AttributeMembers members, MappingContext context)
    {
        if (!reserved.Relates || context.IsLeftOut(reserved.ObjectId, "traits.objectId"))
        {
            return Identifier.Absent;
        }

        Identifier id = Identifier.Read(reserved.ObjectId, context.Settings.PlaceholderIdentifiers);
        if (!id.IsPresent && id.Problem is null && !id.WasPlaceholder && (Says(reserved.ObjectType) || Says(reserved.RelationshipAttributes)))
        {
            members.Warn(WarningCode.RelationshipsUnreadable, "traits.objectId", "it is blank, so what is said of the relationship was left out");
        }

        if (id.Problem is not null || (id.IsPresent && removes))
        {
            members.Warn(WarningCode.RelationshipsUnreadable, "traits.objectId", id.Problem is null ? "cio_relationships removes relationships, so this one was left out" : $"it {id.Problem}; it was left out");
            return Identifier.Absent;
        }

        IdentityMapping.Report(id, "traits.objectId", context);
        return id.IsPresent && members.FitsObjectId(KnownNames.ObjectId, id.Text) ? id : Identifier.Absent;
    }

    private static bool Says(JsonValue value) => value.Kind is not (JsonKind.Missing or JsonKind.Null);
}
