/* All formulas, in the order in which they build on each other. */
#ifndef RELU_FAST_FORMULAS_H
#define RELU_FAST_FORMULAS_H

#include "real.h"

#include "../math/exp.h"
#include "../math/exp_by_table.h"
#include "../math/smooth_tables.h"

#include "rectifiers.h"
#include "algebraic.h"
#include "exponential.h"
#include "smooth.h"
#include "gated.h"
#ifdef RELU_FAST_TEST_ROWS
#include "../../../tests/rows/formulas.h"
#endif

#endif
