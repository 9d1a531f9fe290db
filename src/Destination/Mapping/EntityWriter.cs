using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>Writes an object's entity, the one form in which the Track API knows objects, and checks each part as it is sent.</summary>
internal sealed class EntityWriter(MappingContext context)
{
    private const string RelationshipSet = "traits.relationshipAttributes";

    /// <summary>Writes which object it is and what is done. Call first.</summary>
    /// <param name="id">The object's id.</param>
    /// <param name="idField">Where it stands.</param>
    /// <param name="type">The object's type; missing for the configured one.</param>
    /// <param name="typeField">Where it stands.</param>
    /// <param name="action">What is done, in the Track API's words.</param>
    public void Begin(Identifier id, string idField, JsonValue type, string typeField, string action)
    {
        IdentityMapping.Report(id, idField, context);
        if (!id.IsPresent && id.Problem is null)
        {
            context.Problem(DeadLetterReason.InvalidEvent, idField, "nothing names the object");
        }
        else if (id.Text.Length > TrackApiLimits.ObjectIdBytes)
        {
            context.OverLimit(idField, "the object's id", TrackApiLimits.ObjectIdBytes, id.Text.Length);
        }

        context.Output.Write("{\"type\":\"object\",\"identifiers\":"u8);
        WriteObject(id, TypeOf(type, typeField, context), context.Output);
        context.Output.Write(",\"action\":\""u8);
        context.Output.WriteAscii(action);
        context.Output.WriteByte((byte)'"');
    }

    /// <summary>Writes the object's attributes.</summary>
    /// <param name="set">What their fields are called in messages.</param>
    /// <param name="attributes">The attributes.</param>
    /// <param name="instructions">Which of them say what is done and are none.</param>
    public void WriteAttributes(string set, PropertySet attributes, Instruction instructions)
    {
        context.Output.Write(",\"attributes\":{"u8);
        WriteMembers(set, attributes, instructions, context);
        context.Output.WriteByte((byte)'}');
    }

    /// <summary>Writes the relationship of a person to the object.</summary>
    /// <param name="person">Who.</param>
    /// <param name="attributes">What is said of the relationship, an object; missing for nothing.</param>
    public void WriteRelationship(PersonIdentifier person, JsonValue attributes)
    {
        context.Output.Write(",\"cio_relationships\":[{\"identifiers\":"u8);
        person.Write(context.Output);
        WriteRelationshipAttributes(attributes, RelationshipSet, context);
        context.Output.Write("}]"u8);
    }

    /// <summary>Ends it.</summary>
    public MappingResult End()
    {
        context.Output.WriteByte((byte)'}');
        var entity = new Utf8Text(context.Output.Take());
        if (entity.Length > TrackApiLimits.EntityBytes)
        {
            context.OverLimit("traits", "the object with its attributes", TrackApiLimits.EntityBytes, entity.Length);
        }

        return context.Result(new TrackApiOperation.ChangeObject(entity));
    }

    /// <summary>Writes the relationship of a person to an object from the person's side, as an element of <c>cio_relationships</c>.</summary>
    /// <param name="id">The object's id.</param>
    /// <param name="type">The object's type; missing for the configured one.</param>
    /// <param name="attributes">What is said of the relationship, an object; missing for nothing.</param>
    /// <param name="context">What the identify is mapped with.</param>
    public static void WriteRelationship(Identifier id, JsonValue type, JsonValue attributes, MappingContext context)
    {
        context.Output.Write("{\"identifiers\":"u8);
        WriteObject(id, TypeOf(type, "traits.objectTypeId", context), context.Output);
        WriteRelationshipAttributes(attributes, RelationshipSet, context);
        context.Output.WriteByte((byte)'}');
    }

    private static void WriteObject(Identifier id, Utf8Text type, ScratchBuffer output)
    {
        output.Write("{\"object_type_id\":"u8);
        output.WriteString(type.Span);
        output.Write(",\"object_id\":"u8);
        output.WriteString(id.Text.Span);
        output.WriteByte((byte)'}');
    }

    private static Utf8Text TypeOf(JsonValue value, string field, MappingContext context)
    {
        Identifier type = Identifier.Read(value, context.Settings.PlaceholderIdentifiers);
        IdentityMapping.Report(type, field, context);
        return type.IsPresent ? type.Text : Utf8Text.Of(context.Settings.ObjectTypeId);
    }

    private static void WriteRelationshipAttributes(JsonValue attributes, string field, MappingContext context)
    {
        if (attributes.TryGetText(out Utf8Text text) && EmbeddedJson.Object(text) is { IsPresent: true } embedded)
        {
            context.Warn(WarningCode.ReadFromText, field, "it is a text that holds an object, and was read as that object");
            attributes = embedded;
        }

        switch (attributes.Kind)
        {
            case JsonKind.Object:
                context.Output.Write(",\"relationship_attributes\":{"u8);
                WriteMembers(field, new PropertySet(attributes, default, PropertyNames.Webhook, default), Instruction.None, context);
                context.Output.WriteByte((byte)'}');
                break;
            case not (JsonKind.Missing or JsonKind.Null):
                context.Warn(WarningCode.RelationshipsUnreadable, field, $"it is {attributes.Kind.WithArticle()}; an object was expected, and the relationship goes without");
                break;
        }
    }

    private static void WriteMembers(string set, PropertySet attributes, Instruction instructions, MappingContext context)
    {
        var members = new AttributeMembers(context, holdsOptOut: false, set);
        AttributeMembers.Position start = members.Mark();
        WriteMembers(members, attributes, instructions, int.MaxValue);
        int total = members.Count;
        if (total <= TrackApiLimits.AttributesPerObject)
        {
            return;
        }

        if (context.Limits.AttributeCount == OverLimit.DeadLetter)
        {
            context.OverLimit(set, "the object or relationship", TrackApiLimits.AttributesPerObject, total, "attributes");
            return;
        }

        members.Repeat(start);
        WriteMembers(members, attributes, instructions, TrackApiLimits.AttributesPerObject);
        context.Warn(WarningCode.AttributesDropped, set, $"the object or relationship had {total} attributes; the first {TrackApiLimits.AttributesPerObject} are sent");
    }

    private static void WriteMembers(AttributeMembers members, PropertySet attributes, Instruction instructions, int most)
    {
        foreach (Property property in attributes)
        {
            ReadOnlySpan<byte> name = property.Name.Span;
            if (members.Count == most || IsInstruction(name, instructions))
            {
                continue;
            }

            if (Utf8Scan.IsBlank(name))
            {
                members.Warn(WarningCode.NameBlank, members.Set, "an attribute has a blank name and was left out");
            }
            else if (name.StartsWith("_"u8) || name.StartsWith("cio_"u8))
            {
                members.Warn(WarningCode.ReservedName, FieldName.Of(members.Set, property.Name), "the name is Customer.io's own; it was left out");
            }
            else if (name.SequenceEqual("created_at"u8))
            {
                members.WriteCreatedAt(property.Value, attributes["createdAt"u8]);
            }
            else if (name.SequenceEqual("createdAt"u8))
            {
                if (!attributes["created_at"u8].IsPresent)
                {
                    members.WriteCreatedAt(default, property.Value);
                }
            }
            else
            {
                members.WriteAttribute(property);
            }
        }
    }

    private static bool IsInstruction(ReadOnlySpan<byte> name, Instruction kind) => kind switch
    {
        Instruction.None => false,
        Instruction.ObjectId => name.SequenceEqual("objectId"u8) || name.SequenceEqual("objectTypeId"u8) || name.SequenceEqual("groupId"u8),
        _ => name.SequenceEqual("objectTypeId"u8) || name.SequenceEqual("relationshipAttributes"u8) || (kind == Instruction.ObjectTypeAndAction && name.SequenceEqual("action"u8)),
    };
}

/// <summary>Which names are instructions and no attributes.</summary>
internal enum Instruction
{
    /// <summary>None.</summary>
    None,

    /// <summary>Of a track about an object: the object's id and type.</summary>
    ObjectId,

    /// <summary>Of a group: the object's type and the relationship's attributes.</summary>
    ObjectType,

    /// <summary>Of a group: these and the action.</summary>
    ObjectTypeAndAction,
}
