/* THE table: every activation, its derivative and its documentation.
 *
 * Included several times, with ACTIVATION and the two optional macros defined
 * anew: kernels.c makes loops of the expressions, catalog.c keeps the
 * metadata.  To add an activation, add a row here and its formula to
 * tests/reference.py; README.md in this folder has the six steps.
 *
 * ACTIVATION(name, parameters, cost, value, backward, metadata...)
 *     value       an expression of x (and alpha)
 *     backward    an expression of g, x (and alpha): g f'(x).  The derivative
 *                 is the same with g = 1, so that the two cannot disagree.
 *     cost        MOVES (one pass of loads, compares, stores) or EXPONENTIAL
 * BACKWARD_FROM_RESULT(name, expression of g, y, alpha)    optional
 * ALPHA_DERIVATIVE(name, expression of x)                  optional
 *
 * Rules.  NaN x gives NaN: test x < 0 or x <= 0, so that NaN takes the side
 * that returns x, and use by_sign for derivatives.  Derivatives are selected,
 * never multiplied by 0, for g may be inf or NaN.  choose and by_sign instead
 * of ?:, | and & instead of || and &&: both sides are computed, which is what
 * makes the loop a vector loop.  Constants are integers or HALF, so that float
 * stays float.
 */

ACTIVATION(relu, 0, MOVES,
    choose(x <= 0, 0, x),
    by_sign(x, g, 0),
    .summary = "Rectified linear unit",
    .value = "x if x > 0 else 0",
    .derivative = "1 if x > 0 else 0",
    .kink = "The derivative at 0 is 0; relu(-0.0) is +0.0.",
    .value_bound = "exact",
    .derivative_bound = "exact",
    .backward_bound = "exact",
    .reference = "V. Nair and G. E. Hinton, \"Rectified Linear Units Improve Restricted Boltzmann Machines\", ICML 2010.",
    .value_example = "array([0. , 0. , 0. , 1.5])",
    .derivative_example = "array([0., 0., 0., 1.])",
    .backward_example = "array([ 0.,  0.,  0., 40.])")

/* alpha = 0 gives -0 for every x < 0, also where alpha * x would be 0 * inf. */
#define LEAKY_VALUE choose(x < 0, choose(alpha == 0, -alpha, alpha * x), x)
#define LEAKY_BACKWARD by_sign(x, g, choose(alpha == 0, alpha, g * alpha))

ACTIVATION(leaky_relu, 1, MOVES,
    LEAKY_VALUE,
    LEAKY_BACKWARD,
    .has_default = 1, .default_value = 0.01,
    .summary = "Leaky rectified linear unit",
    .value = "x if x >= 0 else alpha * x",
    .derivative = "1 if x > 0 else alpha",
    .kink = "The derivative at 0 is alpha; -0.0 stays -0.0.",
    .value_bound = "correctly rounded (0.5 ULP)",
    .derivative_bound = "exact",
    .backward_bound = "correctly rounded (0.5 ULP)",
    .reference = "A. L. Maas, A. Y. Hannun and A. Y. Ng, \"Rectifier Nonlinearities Improve Neural Network Acoustic Models\", ICML 2013.",
    .value_example = "array([-0.02 , -0.005,  0.   ,  1.5  ])",
    .derivative_example = "array([0.01, 0.01, 0.01, 1.  ])",
    .backward_example = "array([ 0.1,  0.2,  0.3, 40. ])")

ACTIVATION(prelu, 1, MOVES,
    LEAKY_VALUE,
    LEAKY_BACKWARD,
    .summary = "Parametric rectified linear unit: leaky_relu with a learned alpha",
    .value = "x if x >= 0 else alpha * x",
    .derivative = "1 if x > 0 else alpha",
    .alpha_derivative = "0 if x > 0 else x",
    .kink = "The derivative at 0 is alpha; -0.0 stays -0.0.",
    .value_bound = "correctly rounded (0.5 ULP)",
    .derivative_bound = "exact",
    .backward_bound = "correctly rounded (0.5 ULP)",
    .alpha_bound = "float32: 1 ULP + 2**-45 * sum(abs(g * x)); float64: 1 ULP + 2**-44 * sum(abs(g * x))",
    .reference = "K. He, X. Zhang, S. Ren and J. Sun, \"Delving Deep into Rectifiers\", ICCV 2015, arXiv:1502.01852.",
    .value_example = "array([-0.5  , -0.125,  0.   ,  1.5  ])",
    .derivative_example = "array([0.25, 0.25, 0.25, 1.  ])",
    .backward_example = "array([ 2.5,  5. ,  7.5, 40. ])",
    .alpha_example = "np.float64(-30.0)")
ALPHA_DERIVATIVE(prelu, by_sign(x, 0, x))

#undef LEAKY_VALUE
#undef LEAKY_BACKWARD

/* e^-inf is 0 by definition, and alpha = 0 makes the derivative 0 everywhere:
 * there g, which may be inf, is replaced by 0.  Elsewhere e^x is positive, however
 * small.  One comparison does for both: no x is above the floor if alpha = 0. */
#define ELU_FLOOR choose(alpha == 0, INFINITY, -INFINITY)
ACTIVATION(elu, 1, EXPONENTIAL,
    choose(x < 0, alpha * expm1_nonpositive(x), x),
    by_sign(x, g, times_exp(choose(x <= ELU_FLOOR, 0 * alpha, g * alpha), x)),
    .has_default = 1, .default_value = 1.0,
    .summary = "Exponential linear unit",
    .value = "x if x >= 0 else alpha * (exp(x) - 1)",
    .derivative = "1 if x > 0 else alpha * exp(x)",
    .alpha_derivative = "0 if x > 0 else exp(x) - 1",
    .kink = "The derivative at 0 is alpha; -0.0 stays -0.0.",
    .value_bound = "1 ULP with alpha = 1, 2 ULP with any other",
    .derivative_bound = "1 ULP with alpha = 1, 2 ULP with any other",
    .backward_bound = "2.5 ULP, unless g * alpha overflows",
    .result_bound = "2.5 ULP of g * (y + alpha).  Against the derivative at x itself the loss grows where y "
        "approaches -alpha, because y keeps an absolute error of half an ULP of alpha there: "
        "for float32 and alpha = 1 about exp(-x) * 2**-24 of the value, and 0 below x = -17.3 (float64: -37.4)",
    .alpha_bound = "float32: 1 ULP + 2**-22 * sum(abs(g * (exp(x) - 1))); "
        "float64: 1 ULP + 2**-44 * sum(abs(g * (exp(x) - 1)))",
    .reference = "D.-A. Clevert, T. Unterthiner and S. Hochreiter, \"Fast and Accurate Deep Network Learning by "
        "Exponential Linear Units (ELUs)\", ICLR 2016, arXiv:1511.07289.",
    .value_example = "array([-0.86466472, -0.39346934,  0.        ,  1.5       ])",
    .derivative_example = "array([0.13533528, 0.60653066, 1.        , 1.        ])",
    .backward_example = "array([ 1.35335283, 12.13061319, 30.        , 40.        ])",
    .alpha_example = "np.float64(-16.516033973381205)")
BACKWARD_FROM_RESULT(elu, by_sign(y, g, choose(y + alpha == 0, 0 * alpha, g * (y + alpha))))
ALPHA_DERIVATIVE(elu, by_sign(x, 0, expm1_nonpositive(x)))
#undef ELU_FLOOR
