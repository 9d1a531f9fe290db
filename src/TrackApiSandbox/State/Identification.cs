namespace TrackApiSandbox.State;

/// <summary>
/// Who an identify call is about, and which of its identifiers the person gets. A conflict drops the identifier, never the call: it is
/// answered with 200, and the other attributes are set.
/// Rules: https://docs.customer.io/journeys/identifying-people and the identify operation of https://docs.customer.io/api/track/.
/// An id may change the e-mail ("Allow updates to email using ID" is taken to be on); everything else that is set changes by cio_id only.
/// </summary>
internal sealed class Identification(People people, Suppressions suppressions, AnonymousActivity anonymous, Drops drops)
{
    /// <summary>Applies the call; returns the person it was about, or null when nothing was changed.</summary>
    public Person? Apply(PersonIdentifier path, PersonUpdate update, DateTimeOffset now)
    {
        Person? person = people.Find(path);
        Person? claimed = person is null ? OwnerOfBodyIdentifier(path, update) : null;
        if (person is null && claimed is null && WhyNotCreated(path, update) is { } reason)
        {
            drops.Add(reason);
            return null;
        }

        if ((person ?? claimed)?.LastChange > update.Timestamp)
        {
            drops.Add(DropReason.OlderThanLastChange);
            return null;
        }

        if (claimed is not null)
        {
            people.Assign(claimed, path);
        }

        person ??= claimed ?? people.Add(path);
        AssignId(person, path, update.Id);
        AssignEmail(person, path, update.Email);
        if (update.AnonymousId is { } anonymousId && !anonymous.TryIdentify(anonymousId, person, now))
        {
            drops.Add(DropReason.AnonymousIdOfAnotherPerson);
        }

        person.Attributes.ApplyToPerson(update.Attributes);
        person.LastChange = update.Timestamp;
        return person;
    }

    private static DropReason? WhyNotCreated(PersonIdentifier path, PersonUpdate update) =>
        path.Kind is IdentifierKind.CioId ? DropReason.UnknownCioId
        : update.UpdateOnly ? DropReason.NobodyToUpdate
        : null;

    /// <summary>
    /// Somebody whom the body names while the path is unknown gets the identifier of the path. Someone named by e-mail who has another id
    /// does not: that is a different person.
    /// </summary>
    private Person? OwnerOfBodyIdentifier(PersonIdentifier path, PersonUpdate update) => path.Kind switch
    {
        IdentifierKind.Id when update.Email is { } email => people.Find(new(IdentifierKind.Email, email)) is { Id: null } owner ? owner : null,
        IdentifierKind.Email when update.Id is { } id => people.Find(new(IdentifierKind.Id, id)),
        _ => null,
    };

    private void AssignId(Person person, PersonIdentifier path, string? id)
    {
        if (id is not null && id != person.Id)
        {
            AssignOrDrop(person, new(IdentifierKind.Id, id), maySet: person.Id is null || path.Kind is IdentifierKind.CioId);
        }
    }

    private void AssignEmail(Person person, PersonIdentifier path, string? email)
    {
        if (email is null || email.Equals(person.Email, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (PersonIdentifier.IsEmail(email))
        {
            AssignOrDrop(person, new(IdentifierKind.Email, email), maySet: person.Email is null || path.Kind is not IdentifierKind.Email);
        }
        else
        {
            drops.Add(DropReason.InvalidEmail);
        }
    }

    private void AssignOrDrop(Person person, PersonIdentifier identifier, bool maySet)
    {
        if (suppressions.Contains(identifier))
        {
            drops.Add(DropReason.Suppressed);
        }
        else if (people.Find(identifier) is not null)
        {
            drops.Add(DropReason.IdentifierOfAnotherPerson);
        }
        else if (!maySet)
        {
            drops.Add(DropReason.IdentifierAlreadySet);
        }
        else
        {
            people.Assign(person, identifier);
        }
    }
}
