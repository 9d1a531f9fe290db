using System.Reflection;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>That a host is held to all of the list.</summary>
public abstract class WholeListContract(HostUnderTest host)
{
    [SuiteFact]
    public void Every_part_of_the_list_is_run()
    {
        Type[] run = [.. GetType().Assembly.GetTypes().Where(type => TakesTheHost(type) && !type.IsAbstract)];

        foreach (Type part in typeof(ApiSuite).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ApiSuite)) && HasTests(type)))
        {
            run.Count(type => type.IsSubclassOf(part)).ShouldBe(1, part.Name);
        }
    }

    private static bool HasTests(Type type) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly).Any(method => method.IsDefined(typeof(FactAttribute)));

    private bool TakesTheHost(Type type) =>
        type.GetConstructors().Any(constructor => constructor.GetParameters() is [{ } only] && only.ParameterType == host.GetType());
}
