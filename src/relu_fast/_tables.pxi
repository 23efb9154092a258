# The tables as plain Python objects, for _catalog.py.

cdef str text(const char *string):
    return None if string == NULL else string.decode()


cdef int DTYPES = RELU_FAST_STATED, FORMS = RELU_FAST_FORMS, COMPUTES = RELU_FAST_COMPUTES


def dtypes():
    """The names of NumPy's floating types that functions take, narrowest first."""
    return [text(relu_fast_dtype_names[i]) for i in range(DTYPES)]


def forms():
    """A tuple for each row of forms.def."""
    kinds = {RELU_FAST_KIND_ELEMENTWISE: "elementwise", RELU_FAST_KIND_IN_PLACE: "in_place",
             RELU_FAST_KIND_SUM: "sum"}
    cdef relu_fast_form_row f
    found = []
    for i in range(FORMS):
        f = relu_fast_forms[i]
        found.append((text(f.id), kinds[f.kind], text(f.suffix), text(f.inputs), text(f.outputs)))
    return found


def has_form(int activation, int form):
    return relu_fast_has_form(activation, <relu_fast_form>form)


def takes(int activation, int form, str dtype):
    """Whether a function exists for arrays of the type of this name."""
    cdef int i
    names = [text(relu_fast_dtype_names[i]) for i in range(<int>RELU_FAST_DTYPES)]
    return relu_fast_takes(activation, <relu_fast_form>form,
                           <relu_fast_dtype><int>names.index(dtype))


def capsules():
    """Capsules of the functions for compiled code, by name, as Cython keeps them."""
    cdef const relu_fast_function_row *row
    cdef int i
    found = {}
    for i in range(relu_fast_function_count):
        row = &relu_fast_function_rows[i]
        found[text(row.name)] = PyCapsule_New(<void *>row.function, row.signature, NULL)
    return found


C_API = PyCapsule_New(<void *>&relu_fast_table, RELU_FAST_CAPSULE, NULL)


cdef tuple parameter_row(const relu_fast_parameter *p):
    return (text(p.name), p.default_value if p.has_default else None, p.typical_value,
            text(p.meaning), text(p.derivative))


def activations():
    """A dict for each row of activations.def."""
    cdef const relu_fast_activation *a
    names = dtypes()
    identifiers = [form[0] for form in forms()]
    # That of value and derivative at once follows from theirs.
    stated = [i for i, form in enumerate(forms())
              if form[1] == "elementwise" and form[0] != "VALUE_AND_GRAD"]
    computes = [name for name in names if name != "float16"]
    found = []
    for i in range(<int>RELU_FAST_ACTIVATIONS):
        a = &relu_fast_activations[i]
        found.append({
            "name": text(a.name),
            "parameters": [parameter_row(&a.parameter[k]) for k in range(a.parameters)],
            "gate": text(a.gate),
            "value": text(a.value),
            "derivative": text(a.derivative),
            "from_result": text(a.from_result),
            "domain": text(a.domain),
            "bounds": {identifiers[form]: {names[d]: (a.bounds[form][d].at_defaults,
                                                      a.bounds[form][d].elsewhere)
                                           for d in range(DTYPES)}
                       for form in stated if relu_fast_has_form(i, <relu_fast_form>form)},
            "near_zero": text(a.near_zero),
            "near_zero_bounds": {names[d]: a.near_zero_bounds[d] for d in range(DTYPES)
                                 if a.near_zero_bounds[d]},
            "gradient_is_product": bool(a.gradient_is_product),
            "sum_bounds": {names[d]: a.sum_bounds[d] for d in range(DTYPES)
                           if a.sum_bounds[d]},
            "conditions": {identifiers[form]: text(a.conditions[form])
                           for form in range(FORMS) if a.conditions[form] != NULL},
            "special": text(a.special_values),
            "picoseconds": {computes[c]: a.picoseconds[c] for c in range(COMPUTES)},
            "summary": text(a.summary),
            "kink": text(a.kink),
            "reference": text(a.reference),
            "group": text(a.group),
            "examples": {identifiers[form]: text(a.examples[form])
                         for form in range(FORMS) if a.examples[form] != NULL},
            "is_test_only": bool(a.is_test_only),
        })
    return found
