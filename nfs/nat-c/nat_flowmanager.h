#ifndef NAT_FLOWMANAGER_H
#define NAT_FLOWMANAGER_H

#include <stdbool.h>
#include <stdint.h>

#include "flow.h"
#include "libvig/verified/vigor-time.h"

struct FlowManager;

/* NULL where there is too little memory. External ports begin at `starting_port`; times are nanoseconds. */
struct FlowManager *flow_manager_allocate(uint16_t starting_port, vigor_time_t expiration_time, uint32_t max_flows);

/* External ports are in network byte order. */
bool flow_manager_allocate_flow(struct FlowManager *manager, struct FlowId *id, vigor_time_t time,
                                uint16_t *external_port);
void flow_manager_expire(struct FlowManager *manager, vigor_time_t time);
bool flow_manager_get_internal(struct FlowManager *manager, struct FlowId *id, vigor_time_t time,
                               uint16_t *external_port);
bool flow_manager_get_external(struct FlowManager *manager, uint16_t external_port, struct FlowId *out_flow);
/* Of a flow that there is. */
void flow_manager_rejuvenate(struct FlowManager *manager, uint16_t external_port, vigor_time_t time);

#endif
