using System.Text.Json;
using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads the identifiers of people and objects.</summary>
internal static class IdentifierReader
{
    /// <summary>The identifier of a v1 path, decoded; its kind is guessed from its shape.</summary>
    public static PersonIdentifier OfPath(string segment, List<Problem> problems)
    {
        PersonIdentifier identifier = PersonIdentifier.FromShape(segment);
        if (segment.Length == 0)
        {
            problems.Add(Problem.IdMissing);
        }

        CheckLength(identifier, problems);
        return identifier;
    }

    /// <summary>
    /// A v2 or merge identifier: an object with exactly one of id, email, cio_id (this one without prefix). Phone numbers, which a workspace
    /// may enable as identifiers, are not enabled here.
    /// </summary>
    public static PersonIdentifier? OfPerson(JsonElement? identifiers, string field, List<Problem> problems)
    {
        if (identifiers is { ValueKind: JsonValueKind.Object } present && present.GetPropertyCount() == 1)
        {
            JsonProperty only = present.EnumerateObject().First();
            IdentifierKind? kind = only.Name switch
            {
                "id" => IdentifierKind.Id,
                "email" => IdentifierKind.Email,
                "cio_id" => IdentifierKind.CioId,
                _ => null,
            };
            if (kind is { } known && only.Value.AsText() is { } value)
            {
                var identifier = new PersonIdentifier(known, value);
                CheckLength(identifier, problems);
                return identifier;
            }
        }

        problems.Add(Problem.NotOneIdentifier(field));
        return null;
    }

    public static ObjectIdentifier? OfObject(JsonElement? identifiers, List<Problem> problems)
    {
        if (identifiers is { ValueKind: JsonValueKind.Object } present
            && present.FindText("object_type_id") is { } type
            && present.FindText("object_id") is { } id)
        {
            if (TrackApiLimits.IsLonger(id, TrackApiLimits.MaxObjectIdBytes))
            {
                problems.Add(Problem.ObjectIdTooLong);
            }

            return new ObjectIdentifier(type, id);
        }

        problems.Add(Problem.ObjectIdentifiersMissing);
        return null;
    }

    private static void CheckLength(PersonIdentifier identifier, List<Problem> problems)
    {
        if (identifier.Kind is IdentifierKind.Id && TrackApiLimits.IsLonger(identifier.Value, TrackApiLimits.MaxPersonIdBytes))
        {
            problems.Add(Problem.IdTooLong);
        }
    }
}
