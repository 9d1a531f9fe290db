using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>What an identify call says about a person, beside the identifier that addresses it.</summary>
/// <param name="Id">Attribute <c>id</c>, or null when not given.</param>
/// <param name="Email">Attribute <c>email</c> (not yet known to be one), or null when not given.</param>
/// <param name="AnonymousId">Attribute <c>anonymous_id</c>, or null when not given or empty.</param>
/// <param name="Timestamp">Unix seconds of the change: the sender's, or the time of receipt.</param>
/// <param name="UpdateOnly"><c>_update</c>: nobody is created.</param>
/// <param name="Attributes">Everything else; JSON null removes.</param>
/// <param name="Relations">Relations to add or to remove.</param>
/// <param name="RemovesRelations">Whether they are to be removed.</param>
internal sealed record PersonUpdate(
    string? Id,
    string? Email,
    string? AnonymousId,
    long Timestamp,
    bool UpdateOnly,
    IReadOnlyList<KeyValuePair<string, JsonText>> Attributes,
    IReadOnlyList<Relation> Relations,
    bool RemovesRelations);
