/* Vigor's vector: libVig's, of which what is borrowed is known. */
#pragma once

#define VECTOR_CAPACITY_UPPER_LIMIT 140000

struct Vector;

typedef void vector_init_elem(void *elem);

int vector_allocate(int elem_size, unsigned capacity, vector_init_elem *init_elem, struct Vector **vector_out);
void vector_borrow(struct Vector *vector, int index, void **val_out);
void vector_return(struct Vector *vector, int index, void *value);
