/*
 * zones: the machine's time zone database, as bytes. Files are read when a zone is asked for; a
 * process that will lose the right to open files calls zones_load before.
 */
#ifndef SYNCD_BASE_ZONES_H
#define SYNCD_BASE_ZONES_H

#include "syncd/base/arena.h"

struct zones;

/* Nothing is read yet. `folder`: NULL is /usr/share/zoneinfo; a view is kept. */
struct zones *zones_create(struct arena *arena, const char *folder);

/*
 * Reads the whole database (some 400 KiB in 600 files) and opens nothing ever after. A machine
 * without one has no zone but UTC: zones_find says so of each.
 */
void zones_load(struct zones *zones);

/*
 * The TZif file of "Europe/Berlin", which lives as long as the arena. False when there is none,
 * and for every name that leaves the folder.
 */
bool zones_find(struct zones *zones, str name, str *ret_file);

#endif
