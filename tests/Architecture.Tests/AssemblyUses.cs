using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CustomerIoDestination.Architecture.Tests;

/// <summary>One type that uses another of the same assembly.</summary>
/// <param name="From">The type that uses, without the types nested in it.</param>
/// <param name="To">The type that is used.</param>
internal sealed record TypeUse(TypeDefinition From, TypeDefinition To)
{
    public override string ToString() => $"{From.FullName} uses {To.FullName}";
}

/// <summary>
/// Which types of a compiled assembly use which: in bases, signatures, fields, method bodies and attributes. A constant and a name in <c>nameof</c> leave no
/// trace in the assembly. Nested types, lambdas and state machines count as the type they stand in.
/// </summary>
internal sealed class AssemblyUses : IDisposable
{
    private readonly AssemblyDefinition _assembly;

    private AssemblyUses(AssemblyDefinition assembly) => _assembly = assembly;

    public static AssemblyUses Read(string name) => new(AssemblyDefinition.ReadAssembly(Path.Combine(AppContext.BaseDirectory, name + ".dll")));

    /// <summary>The types written in the project, outermost ones only.</summary>
    public IEnumerable<TypeDefinition> Types => _assembly.MainModule.Types.Where(type => type.Namespace.Length > 0 && !IsGenerated(type));

    /// <summary>The names of the assemblies it refers to.</summary>
    public IEnumerable<string> References => _assembly.MainModule.AssemblyReferences.Select(reference => reference.Name);

    public IReadOnlyList<TypeUse> All()
    {
        HashSet<TypeUse> uses = [];
        foreach (TypeDefinition type in Types)
        {
            HashSet<TypeReference> references = [];
            Collect(type, references);
            foreach (TypeReference reference in references.Where(reference => reference.Scope == _assembly.MainModule))
            {
                TypeDefinition used = Outermost(reference.Resolve());
                if (used != type && used.Namespace.Length > 0 && !IsGenerated(used))
                {
                    uses.Add(new TypeUse(type, used));
                }
            }
        }

        return [.. uses];
    }

    public void Dispose() => _assembly.Dispose();

    private static void Collect(TypeDefinition type, HashSet<TypeReference> references)
    {
        Add(type.BaseType, references);
        AddAttributes(type, references);
        AddConstraints(type, references);
        foreach (InterfaceImplementation implemented in type.Interfaces)
        {
            Add(implemented.InterfaceType, references);
        }

        foreach (FieldDefinition field in type.Fields)
        {
            Add(field.FieldType, references);
            AddAttributes(field, references);
        }

        foreach (PropertyDefinition property in type.Properties)
        {
            AddAttributes(property, references);
        }

        foreach (MethodDefinition method in type.Methods)
        {
            AddMethod(method, references);
        }

        foreach (TypeDefinition nested in type.NestedTypes)
        {
            Collect(nested, references);
        }
    }

    private static void AddMethod(MethodDefinition method, HashSet<TypeReference> references)
    {
        Add(method.ReturnType, references);
        AddAttributes(method, references);
        AddConstraints(method, references);
        foreach (ParameterDefinition parameter in method.Parameters)
        {
            Add(parameter.ParameterType, references);
            AddAttributes(parameter, references);
        }

        if (!method.HasBody)
        {
            return;
        }

        foreach (VariableDefinition variable in method.Body.Variables)
        {
            Add(variable.VariableType, references);
        }

        foreach (ExceptionHandler handler in method.Body.ExceptionHandlers)
        {
            Add(handler.CatchType, references);
        }

        foreach (Instruction instruction in method.Body.Instructions)
        {
            switch (instruction.Operand)
            {
                case TypeReference type:
                    Add(type, references);
                    break;
                case MethodReference called:
                    AddCalled(called, references);
                    break;
                case FieldReference field:
                    Add(field.DeclaringType, references);
                    Add(field.FieldType, references);
                    break;
            }
        }
    }

    private static void AddCalled(MethodReference called, HashSet<TypeReference> references)
    {
        Add(called.DeclaringType, references);
        Add(called.ReturnType, references);
        foreach (ParameterDefinition parameter in called.Parameters)
        {
            Add(parameter.ParameterType, references);
        }

        if (called is GenericInstanceMethod generic)
        {
            foreach (TypeReference argument in generic.GenericArguments)
            {
                Add(argument, references);
            }
        }
    }

    private static void AddConstraints(IGenericParameterProvider owner, HashSet<TypeReference> references)
    {
        foreach (GenericParameterConstraint constraint in owner.GenericParameters.SelectMany(parameter => parameter.Constraints))
        {
            Add(constraint.ConstraintType, references);
        }
    }

    private static void AddAttributes(ICustomAttributeProvider owner, HashSet<TypeReference> references)
    {
        foreach (CustomAttribute attribute in owner.CustomAttributes)
        {
            Add(attribute.AttributeType, references);
            foreach (CustomAttributeArgument argument in attribute.ConstructorArguments.Concat(attribute.Properties.Select(property => property.Argument)))
            {
                Add(argument.Type, references);
                Add(argument.Value as TypeReference, references);
            }
        }
    }

    private static void Add(TypeReference? type, HashSet<TypeReference> references)
    {
        switch (type)
        {
            case null or GenericParameter:
                break;
            case GenericInstanceType generic:
                Add(generic.ElementType, references);
                foreach (TypeReference argument in generic.GenericArguments)
                {
                    Add(argument, references);
                }

                break;
            case TypeSpecification wrapped:
                Add(wrapped.ElementType, references);
                break;
            default:
                references.Add(type);
                break;
        }
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static bool IsGenerated(TypeDefinition type) =>
        type.Name.StartsWith('<') || type.Namespace.StartsWith("System.", StringComparison.Ordinal) || type.Namespace.StartsWith("Microsoft.", StringComparison.Ordinal);
}
