/* Named places where a test may kill the process or make a step fail; absent from release builds. The list is
 * common/fault_points.def: WEIR_FAULT_POINT(offset_log_before_write, "offset_log.before_write"). In builds with WEIR_FAULTS the
 * environment variable WEIR_FAULT='name[#nth]=kill|eio|enospc|short' arms one. */
#ifndef WEIR_COMMON_FAULT_POINT_H
#define WEIR_COMMON_FAULT_POINT_H

#include "common/error.h"

#ifdef WEIR_FAULTS
/* WEIR_OK, or the armed failure; does not return when the process is to be killed. */
WEIR_CHECKED WeirStatus weir_fault_point(const char *name, WeirError *error);
#define WEIR_FAULT_POINT(name, error) weir_fault_point((name), (error))
#else
#define WEIR_FAULT_POINT(name, error) WEIR_OK
#endif

#endif
