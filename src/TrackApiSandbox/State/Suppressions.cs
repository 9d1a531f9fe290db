namespace TrackApiSandbox.State;

/// <summary>Identifiers whose calls are ignored. Those of one person were blocked together and are released together.</summary>
internal sealed class Suppressions
{
    private readonly Dictionary<PersonIdentifier, PersonIdentifier[]> _blocked = [];

    public IEnumerable<string> All => _blocked.Keys.Select(identifier => identifier.ToString()).Order(StringComparer.Ordinal);

    public bool Contains(PersonIdentifier identifier) => _blocked.ContainsKey(identifier);

    public void Add(IEnumerable<PersonIdentifier> identifiers)
    {
        PersonIdentifier[] together = [.. identifiers];
        foreach (PersonIdentifier identifier in together)
        {
            _blocked[identifier] = together;
        }
    }

    public void Remove(PersonIdentifier identifier)
    {
        foreach (PersonIdentifier together in _blocked.GetValueOrDefault(identifier, []))
        {
            _blocked.Remove(together);
        }
    }

    public void Clear() => _blocked.Clear();
}
