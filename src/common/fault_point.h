/* Named places where a test may kill the process or make a step fail; absent from release builds. Each is listed once
 * in common/fault_points.def, a line WEIR_FAULT_POINT_NAME("offset_log.before_write"). In builds with WEIR_FAULTS the
 * environment variable WEIR_FAULT='name[#nth]=kill|eio|enospc|short' arms one, for the nth time that it is reached (1
 * unless told): kill          SIGKILL to the process eio, enospc   the step fails with that system error short the next
 * write of the local file system stores half of its bytes and fails with ENOSPC WEIR_FAULT_TRACE=1 prints "fault point
 * NAME" to standard error whenever one is reached, for a runner that tries them all. */
#ifndef WEIR_COMMON_FAULT_POINT_H
#define WEIR_COMMON_FAULT_POINT_H

#include "common/error.h"

#ifdef WEIR_FAULTS
/* WEIR_OK, or the armed failure; does not return when the process is to be killed. */
WEIR_CHECKED WeirStatus weir_fault_point(const char *name, WeirError *error);
#define WEIR_FAULT_POINT(name, error) weir_fault_point((name), (error))
/* Arm within the process, in the form of WEIR_FAULT; NULL disarms. False when the text or the name is wrong. */
bool weir_fault_point_arm(const char *specification);
/* True once after a point armed with `short` was reached; asked by file systems before they write. */
bool weir_fault_point_take_short_write(void);
#else
#define WEIR_FAULT_POINT(name, error) WEIR_OK
#endif

#endif
