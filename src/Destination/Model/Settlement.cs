namespace CustomerIoDestination.Model;

/// <summary>What is done with the queue message when one delivery of it ends.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>It is finished: delivered, or skipped on purpose. The event's body is deleted.</summary>
    /// <param name="Skipped">Why it was not sent; null when Customer.io took it.</param>
    public sealed record Complete(SkipReason? Skipped) : Settlement
    {
        /// <summary>
        /// A merge that is to be sent once more: it is put on the queue in the same step as this one is taken off, so that neither a kill nor a failure in between
        /// loses it or makes it two. Null for none.
        /// </summary>
        public EventEnvelope? Repeat { get; init; }

        /// <summary>It was delivered.</summary>
        public static Complete Delivered { get; } = new((SkipReason?)null);
    }

    /// <summary>It can't be delivered as it is; a person must look. It can be replayed.</summary>
    /// <param name="Reason">Why, from a closed set.</param>
    /// <param name="Description">Names field, limit and actual size; never a property value, an identifier or a key. Cut to <see cref="MaxDescription"/>.</param>
    public sealed record DeadLetter(DeadLetterReason Reason, string Description) : Settlement
    {
        /// <summary>The most characters of a description: Service Bus takes no more.</summary>
        public const int MaxDescription = 4_096;

        /// <summary>The most bytes of <see cref="Answer"/>.</summary>
        public const int MaxAnswer = 2_000;

        /// <summary>
        /// What Customer.io wrote when it refused the event, in UTF-8, cut to <see cref="MaxAnswer"/> bytes; empty when it wrote nothing. It may quote the
        /// event, so it is kept, shown and deleted as the event's body is. Bytes, so that no log can print it.
        /// </summary>
        public ReadOnlyMemory<byte> Answer { get; init; }

        /// <summary>Names field, limit and actual size. At most <see cref="MaxDescription"/> characters; a surrogate pair is not cut apart.</summary>
        public string Description { get; } = Cut(Description);

        private static string Cut(string text) =>
            text.Length <= MaxDescription ? text : text[..(char.IsHighSurrogate(text[MaxDescription - 1]) ? MaxDescription - 1 : MaxDescription)];
    }

    /// <summary>Nothing is settled and the partition is given up; it does not count as a delivery and comes again in its old order.</summary>
    /// <param name="Reason">Why, as a bounded code.</param>
    /// <param name="History">What failed so far, which outlives the release.</param>
    public sealed record Release(string Reason, FailureHistory History) : Settlement;
}
