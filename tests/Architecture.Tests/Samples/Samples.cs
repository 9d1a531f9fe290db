using CustomerIoDestination.Architecture.Tests.Upper;

#pragma warning disable MA0048, CA1812, CA1852, IDE0130, CA1822, MA0049, MA0150 // Samples of each way to use a type, read from the compiled assembly only.
namespace CustomerIoDestination.Architecture.Tests.Upper
{
    [AttributeUsage(AttributeTargets.Class)]
    internal sealed class Used : Attribute;
}

namespace CustomerIoDestination.Architecture.Tests.Lower
{
    internal sealed class UsesInABody
    {
        public string Name() => new Used().ToString()!;
    }

    internal sealed class UsesInASignature
    {
        public Used? Value { get; set; }
    }

    internal sealed class UsesInALambda
    {
        public Func<object> Make() => static () => new List<Used>();
    }

    internal sealed class UsesInAGenericCall
    {
        public object Make() => Array.Empty<Used>();
    }

    [Used]
    internal sealed class UsesInAnAttribute;
}
