/* Packets are bytes here; what includes this needs nothing of it. */
#pragma once
