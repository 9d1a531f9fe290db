using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Finds transformations that can't do what their author meant, because of another one or because of what is not sent at all.</summary>
internal static class RuleConflicts
{
    /// <summary>Adds what it finds to the problems.</summary>
    public static void Find(IReadOnlyList<Transformation> transformations, DestinationRules rules, List<Problem> problems)
    {
        for (int i = 0; i < transformations.Count; i++)
        {
            NeverApplies.Find(transformations[i], rules, problems);
            for (int j = 0; j < i; j++)
            {
                FindConflict(transformations, j, i, problems);
            }
        }
    }

    private static void FindConflict(IReadOnlyList<Transformation> transformations, int earlier, int later, List<Problem> problems)
    {
        Transformation first = transformations[earlier];
        Transformation second = transformations[later];
        if (first.When is not null)
        {
            return;
        }

        if (first.Operation is Operation.RenameEvent && second.Operation is Operation.RenameEvent && first.Scope.Overlaps(second.Scope))
        {
            problems.Add(new Problem(second.Path, $"renames an event that {first.Path} renames already; an event is renamed at most once"));
        }

        if (first.Operation is Operation.SendConstant one && second.Operation is Operation.SendConstant other
            && second.When is null && other.Path.Contains(one.Path) && second.Scope.Covers(first.Scope))
        {
            problems.Add(new Problem(second.Path, $"sets \"{other.Path.Text}\", which {first.Path} sets already: only this one would count"));
        }

        foreach (PropertyPath path in second.Operation.Reads)
        {
            if (first.Scope.Covers(second.Scope) && Removes(first.Operation, path) && !IsMadeBetween(transformations, earlier, later, path))
            {
                problems.Add(new Problem(second.Path, $"works on \"{path.Text}\", which is gone after {first.Path}; put it before that one"));
            }
        }
    }

    private static bool Removes(Operation operation, PropertyPath path) =>
        operation is Operation.DeleteProperty or Operation.RenameProperty
        && operation.Reads.Any(gone => gone.Contains(path))
        && (operation.Makes is not { } makes || (!makes.Contains(path) && !path.Contains(makes)));

    private static bool IsMadeBetween(IReadOnlyList<Transformation> transformations, int earlier, int later, PropertyPath path) =>
        Enumerable.Range(earlier + 1, later - earlier - 1)
            .Any(i => transformations[i].Operation.Makes is { } makes && (makes.Contains(path) || path.Contains(makes)));
}
