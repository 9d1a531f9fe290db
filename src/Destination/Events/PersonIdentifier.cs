using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>What an identifier is, by its shape: Customer.io guesses the same way from a v1 path.</summary>
public enum PersonIdentifierKind
{
    /// <summary>The workspace's own id of the person.</summary>
    Id,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>Customer.io's own id, with its <c>cio_</c> prefix.</summary>
    CioId,
}

/// <summary>The one identifier a request addresses a person by.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The value as given; a Customer.io id keeps its <c>cio_</c> prefix here.</param>
public readonly record struct PersonIdentifier(PersonIdentifierKind Kind, Utf8Text Value)
{
    /// <summary>The identifier a text is, by its shape: <c>cio_…</c>, an e-mail, else an id.</summary>
    public static PersonIdentifier ByShape(Utf8Text value) => new(
        value.Span.StartsWith("cio_"u8) ? PersonIdentifierKind.CioId
        : EmailShape.Matches(value.Span) ? PersonIdentifierKind.Email
        : PersonIdentifierKind.Id,
        value);

    /// <summary>Writes it as the Track API names people inside a body: an object of its kind and value; a Customer.io id without its prefix.</summary>
    internal void Write(ScratchBuffer output)
    {
        output.Write(Kind switch
        {
            PersonIdentifierKind.Email => "{\"email\":"u8,
            PersonIdentifierKind.CioId => "{\"cio_id\":"u8,
            _ => "{\"id\":"u8,
        });
        output.WriteString(Kind == PersonIdentifierKind.CioId ? Value.Span["cio_".Length..] : Value.Span);
        output.WriteByte((byte)'}');
    }
}
